# SPDX-License-Identifier: Apache-2.0
# registry.sh - real registries on loopback ports that the kernel picks.
#
# Needs $work, a folder, and $tests, the folder of the tests.  The script that sources this calls
# stop_registries at the end.
# shellcheck shell=sh disable=SC2154

registry_pids=''
registry_user=carrier
# shellcheck disable=SC2034 # used by scripts that source this
registry_password='over the: gap'
# bcrypt of the password: docker-registry accepts nothing else.
registry_hash='$2b$04$e13Jnl1rfRk6MFsGnFB4z.ADcEvUSyqNSoImeI3tdSAOH4HSXR6p.'

# A registry must not outlive a test that is killed.
if setpriv --pdeathsig KILL true 2>/dev/null; then
    registry_guard='setpriv --pdeathsig KILL'
else
    registry_guard=''
fi

# docker-registry flushes every file that it stores, so its stores are kept in memory where
# that has 2 GiB to spare; stop_registries removes them.
registry_memory=''
registry_store() {
    [ ! -e "$1" ] || return 0
    if [ -z "$registry_memory" ]; then
        registry_memory=$work/registry
        if [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -ge 2097152 ] 2>/dev/null; then
            registry_memory=$(mktemp -d /dev/shm/sealift-test.XXXXXX) || return 1
        fi
    fi
    if [ "$registry_memory" = "$work/registry" ]; then
        mkdir -p "$1"
    else
        ln -s "$(mktemp -d "$registry_memory/store.XXXXXX")" "$1"
    fi
}

# make_ca: a throw-away authority, $work/tls/ca.pem, and a server certificate.
make_ca() {
    mkdir -p "$work/tls"
    (
        cd "$work/tls" &&
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 \
                -subj '/CN=throw-away test authority' -keyout ca.key -out ca.pem &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
                -subj '/CN=127.0.0.1' -keyout server.key -out server.csr &&
            echo 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:*.net.test' >server.ext &&
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                -extfile server.ext -out server.pem
    ) >"$work/tls/log" 2>&1 || { cat "$work/tls/log" >&2; return 1; }
}

# make_client_certificate NAME: $work/tls/NAME.pem and NAME.key, issued by ca.pem.
make_client_certificate() {
    (
        cd "$work/tls" &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
                -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" &&
            openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                -out "$1.pem"
    ) >"$work/tls/log" 2>&1 || { cat "$work/tls/log" >&2; return 1; }
}

# make_token_server NAME OPTIONS...: a token service for a registry, which has
# to be started as kind "token" with the same name afterwards; $(realm_of NAME) is its address.
make_token_server() {
    token_home=$work/registry/$1
    shift
    mkdir -p "$token_home"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 \
        -subj '/CN=throw-away token issuer' -keyout "$token_home/token.key" \
        -out "$token_home/token.pem" 2>/dev/null || return 1
    $registry_guard python3 "$tests/registry/token_server.py" "$token_home" \
        "$registry_user:$registry_password" "$@" >"$token_home/realm" </dev/null &
    registry_pids="$registry_pids $!"
    wait_for_line "$token_home/realm"
}

realm_of() {
    cat "$work/registry/$1/realm"
}

# wait_for_line FILE: until a background process has printed its address.
wait_for_line() {
    wait_tries=0
    until [ -s "$1" ]; do
        wait_tries=$((wait_tries + 1))
        [ "$wait_tries" -le 3000 ] || return 1
        sleep 0.02
    done
}

# start_stall NAME BYTES [SECONDS]: a wire to a registry that goes quiet, $(stalled_address).
start_stall() {
    stall_port=$(address_of "$1")
    shift
    rm -f "$work/stall"
    # shellcheck disable=SC2086 # words
    $registry_guard python3 "$tests/registry/stall.py" "${stall_port##*:}" "$@" \
        >"$work/stall" </dev/null &
    stall_pid=$!
    registry_pids="$registry_pids $stall_pid"
    wait_for_line "$work/stall"
}

stalled_address() {
    echo "127.0.0.1:$(cat "$work/stall")"
}

# start_front NAME COUNT <TEMPLATE: nginx, see front.py; $(front_address NAME N) is its Nth port.
start_front() {
    front_home=$work/front/$1
    mkdir -p "$front_home"
    cat >"$front_home/template"
    # TERM, and its master takes the worker along
    PATH=$PATH:/usr/sbin ${registry_guard:+setpriv --pdeathsig TERM} \
        python3 "$tests/registry/front.py" "$front_home" "$2" \
        <"$front_home/template" >"$front_home/ports" 2>/dev/null &
    registry_pids="$registry_pids $!"
    wait_for_line "$front_home/ports"
}

front_address() {
    echo "127.0.0.1:$(cut -d ' ' -f "$2" "$work/front/$1/ports")"
}

# registry_config NAME KIND STORE: its settings on stdout.
registry_config() {
    cat <<CONFIG
version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage:
  filesystem: {rootdirectory: '$work/registry/$3/store'}
  maintenance: {uploadpurging: {enabled: false}}
CONFIG
    case $2 in
    cached)
        # As Debian configures it, and with deletion allowed.
        echo '  cache: {blobdescriptor: inmemory}'
        echo '  delete: {enabled: true}'
        echo 'http: {addr: "127.0.0.1:0", secret: test}'
        ;;
    plain)
        echo 'http: {addr: "127.0.0.1:0", secret: test}'
        ;;
    private)
        cat <<CONFIG
auth: {htpasswd: {realm: test, path: '$work/registry/$1/htpasswd'}}
http:
  addr: 127.0.0.1:0
  secret: test
  tls: {certificate: '$work/tls/server.pem', key: '$work/tls/server.key'}
CONFIG
        ;;
    mutual)
        cat <<CONFIG
http:
  addr: 127.0.0.1:0
  secret: test
  tls:
    certificate: '$work/tls/server.pem'
    key: '$work/tls/server.key'
    clientcas: ['$work/tls/ca.pem']
CONFIG
        ;;
    locked)
        cat <<CONFIG
auth: {htpasswd: {realm: test, path: '$work/registry/$1/htpasswd'}}
http: {addr: "127.0.0.1:0", secret: test}
CONFIG
        ;;
    token)
        cat <<CONFIG
auth:
  token:
    realm: '$(realm_of "$1")'
    service: test
    issuer: sealift-tests
    rootcertbundle: '$work/registry/$1/token.pem'
http: {addr: "127.0.0.1:0", secret: test}
CONFIG
        ;;
    esac
}

# start_registry NAME [plain|cached|private|locked|mutual|token [STORE]]: cached means that
# deletion is allowed and descriptors stay in memory, as Debian has it, private means TLS and a
# password, mutual TLS with client certificates (after make_ca, and without a $(url_of)),
# locked a password without TLS, for a registry behind something that has TLS; token
# means tokens of make_token_server, on the data of the plain registry STORE.  Then
# $(address_of NAME) is its HOST:PORT and $(url_of NAME) how to reach it.
start_registry() {
    registry_home=$work/registry/$1
    mkdir -p "$registry_home"
    echo "${2:-plain}" >"$registry_home/kind"
    [ "${2:-plain}" != private ] || [ -f "$work/tls/ca.pem" ] || make_ca || return 1
    printf '%s:%s\n' "$registry_user" "$registry_hash" >"$registry_home/htpasswd"
    registry_store "$work/registry/${3:-$1}/store" || return 1
    registry_config "$1" "${2:-plain}" "${3:-$1}" >"$registry_home/config.yml"
    : >"$registry_home/log"
    $registry_guard docker-registry serve "$registry_home/config.yml" \
        >>"$registry_home/access.log" 2>>"$registry_home/log" </dev/null &
    registry_pids="$registry_pids $!"
    echo 0 >"$registry_home/seen"
    registry_tries=0
    while [ "$registry_tries" -lt 1200 ]; do
        sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$registry_home/log" \
            >"$registry_home/address"
        [ ! -s "$registry_home/address" ] || return 0
        sleep 0.05
        registry_tries=$((registry_tries + 1))
    done
    cat "$registry_home/log" >&2
    return 1
}

stop_registries() {
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$registry_pids" ] || { kill $registry_pids; wait $registry_pids; } 2>/dev/null
    registry_pids=''
    case $registry_memory in /dev/shm/*) rm -rf "$registry_memory" ;; esac
    registry_memory=''
}

address_of() {
    cat "$work/registry/$1/address"
}

url_of() {
    case $(cat "$work/registry/$1/kind") in
    plain | cached | token) echo "http://$(address_of "$1")" ;;
    private) echo "https://$registry_user:over%20the%3A%20gap@$(address_of "$1")" ;;
    locked) echo "http://$registry_user:over%20the%3A%20gap@$(address_of "$1")" ;;
    esac
}

# fill NAME ARGUMENTS...: run images.py on that registry; $work/NAME.json lists the images.
fill() {
    fill_name=$1 fill_what=$2
    shift 2
    [ "$(cat "$work/registry/$fill_name/kind")" != private ] || set -- "$@" --ca "$work/tls/ca.pem"
    python3 "$tests/registry/images.py" "$fill_what" "$(url_of "$fill_name")" "$@" \
        >"$work/$fill_name.json"
}

# references NAME [SHAPE]: the references that fill made, one a line.
references() {
    python3 - "$work/$1.json" "${2:-}" <<'PYTHON'
import json, sys
for image in json.load(open(sys.argv[1])):
    if sys.argv[2] in ("", image["shape"]):
        print(image["ref"])
PYTHON
}

# same_images SOURCE TARGET [PREFIX]: everything fill put into SOURCE is in TARGET, byte for byte.
same_images() {
    set -- "$work/$1.json" "$(url_of "$1")" "$(url_of "$2")${3:+/$3}"
    [ ! -f "$work/tls/ca.pem" ] || set -- "$@" --ca "$work/tls/ca.pem"
    python3 "$tests/registry/compare.py" "$@"
}

# The access log is written after the answer: send a marked request and wait for it in the log.
registry_settle() {
    python3 - "$(url_of "$1")" "$work/registry/$1/access.log" "$work/tls/ca.pem" <<'PYTHON'
import os, sys, time
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
url, log, ca = sys.argv[1:]
mark = f"/v2/?settle={os.getpid()}-{time.monotonic_ns()}"
Registry(url, ca if url.startswith("https") else None).call("GET", mark, (200, 401))
for _ in range(3000):
    if mark in open(log, errors="replace").read():
        sys.exit(0)
    time.sleep(0.02)
sys.exit("the access log does not grow")
PYTHON
}

# requests NAME [METHOD...]: how many since the last forget_requests, of these methods or all.
requests() {
    registry_settle "$1" || return 1
    requests_log=$work/registry/$1/access.log
    requests_seen=$(cat "$work/registry/$1/seen")
    shift
    requests_methods=$(echo "$*" | tr ' ' '|')
    tail -n "+$((requests_seen + 1))" "$requests_log" | grep -v '/v2/?settle=' |
        grep -cE "\"(${requests_methods:-[A-Z]+}) /"
}

# writes NAME: number of requests that write.
writes() {
    requests "$1" POST PUT PATCH DELETE
}

forget_requests() {
    registry_settle "$1" || return 1
    wc -l <"$work/registry/$1/access.log" | tr -d ' ' >"$work/registry/$1/seen"
}
