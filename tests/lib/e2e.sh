# SPDX-License-Identifier: Apache-2.0
# e2e.sh - sealift against real registries; sourced by every test of tests/e2e.
# shellcheck shell=sh

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
tests=$abs_top_srcdir/tests
export tests
# shellcheck source=tests/lib/registry.sh
. "$tests/lib/registry.sh"
at_exit=stop_registries

# The environment of the user does not affect the tests.
unset DOCKER_CONFIG DOCKER_AUTH_CONFIG REGISTRY_AUTH_FILE XDG_CONFIG_HOME \
    CONTAINERS_REGISTRIES_CONF \
    SEALIFT_PASSPHRASE SEALIFT_NEW_PASSPHRASE COSIGN_PASSWORD CREDENTIALS_DIRECTORY \
    SOURCE_DATE_EPOCH SSL_CERT_FILE SSL_CERT_DIR \
    http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
for variable in $(env | sed -n 's/^\(SEALIFT_[A-Z_]*\)=.*/\1/p'); do
    case $variable in
    SEALIFT_TEST* | SEALIFT_APART) ;;
    *) unset "$variable" ;;
    esac
done
HOME=$work/home
XDG_RUNTIME_DIR=$work/run
export HOME XDG_RUNTIME_DIR
mkdir -p "$HOME/.config/containers" "$XDG_RUNTIME_DIR"
: >"$HOME/.config/containers/registries.conf" # instead of this machine's

sealift() {
    "$SEALIFT" "$@"
}

# must COMMAND...: a failing set-up step fails the test and ends the script.
must() {
    "$@" && return
    fail "set up: $*"
    exit 1
}

# can_trace: strace works here.  Disables leak detection from then on, which traces too.
can_trace() {
    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    export ASAN_OPTIONS
    strace -o /dev/null true 2>/dev/null
}
need_to_trace() {
    need strace
    can_trace || skip_all "strace may not trace here"
}

# make_key NAME [ed25519|ecdsa]: $work/NAME.key without a passphrase and $work/NAME.pub, by openssl: quick.
make_key() {
    case ${2:-ed25519} in
    ed25519) openssl genpkey -algorithm ed25519 -out "$work/$1.key" ;;
    ecdsa)
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$1.key"
        ;;
    esac && openssl pkey -in "$work/$1.key" -pubout -out "$work/$1.pub"
}

# field FILE EXPRESSION: a value out of a JSON document, the way python writes it.
field() {
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

[ -x "$SEALIFT" ] || skip_all "sealift is not built"
need docker-registry python3 openssl
