#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# apart.sh - in a separate network: public and private addresses behind names, and nothing
# else to talk to.

# shellcheck disable=SC2154 # set below, or by what is sourced
if [ -z "${SEALIFT_APART:-}" ]; then
    SEALIFT_APART=1
    export SEALIFT_APART
    how=-nm
    [ "$(id -u)" -eq 0 ] || how=-rnm
    unshare "$how" true 2>/dev/null && exec unshare "$how" sh "$0" "$@"
    SEALIFT_APART=none
fi
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
PATH=$PATH:/usr/sbin:/sbin
need nginx ip
need_to_trace
[ "$SEALIFT_APART" != none ] || skip_all "network namespaces are not available"

# Addresses reserved for documentation (RFC 5737) stand for the public network.
cat >"$work/hosts" <<'HOSTS'
127.0.0.1 localhost
203.0.113.5 hub.net.test evil.net.test plain.net.test
203.0.113.6 cdn.net.test
10.9.9.9 inside.net.test target.net.test
HOSTS
{
    ip link set lo up && ip address add 203.0.113.5/32 dev lo &&
        ip address add 203.0.113.6/32 dev lo && ip address add 10.9.9.9/32 dev lo &&
        mount --bind "$work/hosts" /etc/hosts
} 2>"$work/log" || skip_all "no network of its own: $(cat "$work/log")"

must make_ca
must start_registry store
must fill store shapes --only index
must make_key signer
bundle=$work/b.tar
must start_front all 1 <<TEMPLATE
ssl_certificate $work/tls/server.pem;
ssl_certificate_key $work/tls/server.key;
proxy_set_header Host \$http_host;
proxy_set_header X-Forwarded-Proto \$scheme;
client_max_body_size 0;
server { listen @1@; return 200; }
server {
    listen 203.0.113.5:443 ssl;
    server_name hub.net.test;
    location / { proxy_pass http://$(address_of store); }
    location ~ /blobs/ { return 307 https://cdn.net.test\$request_uri; }
}
server {
    listen 203.0.113.5:443 ssl;
    server_name evil.net.test;
    location / { proxy_pass http://$(address_of store); }
    location ~ /blobs/ { return 307 https://inside.net.test\$request_uri; }
    location ~ ^/v2/login/ {
        add_header WWW-Authenticate 'Bearer realm="https://inside.net.test/token",service="x"' always;
        return 401;
    }
}
server {
    listen 203.0.113.5:5000;
    location / { proxy_pass http://$(address_of store); }
}
server {
    listen 203.0.113.6:443 ssl;
    location / { proxy_pass http://$(address_of store); }
}
server {
    listen 10.9.9.9:443 ssl;
    access_log $work/inside.log;
    location / { proxy_pass http://$(address_of store); }
}
TEMPLATE
# It listens at all of them as soon as it answers at one.
must python3 -c 'import sys, urllib.request as u; u.urlopen("http://" + sys.argv[1], timeout=60)' \
    "$(front_address all 1)"

# connected_to FILE: the addresses and ports that a trace shows, loopback name services aside.
connected_to() {
    sed -n 's/.*connect(.*sin_port=htons(\([0-9]*\)), sin_addr=inet_addr("\([0-9.]*\)").*/\2:\1/p
        s/.*connect(.*sin6_port=htons(\([0-9]*\)).*inet_pton(AF_INET6, "\([^"]*\)".*/[\2]:\1/p' \
        "$1" | sort -u | tr '\n' ' '
}
traced() {
    strace -f -qq -e trace=connect,sendto,sendmsg,sendmmsg -o "$work/trace" \
        "$SEALIFT" "$@"
}
try_export() {
    traced export -v --force --unsigned -o "$bundle" --ca-file "$work/tls/ca.pem" "$@"
}
image=$(references store | sed 's|^[^/]*/||')

expect 0 "follows a redirect from a public to a public address" try_export "hub.net.test/$image"
expect 5 "refuses a redirect from a public registry to a private address" \
    try_export "evil.net.test/$image"
check "the error names the cause" grep -q 'private address 10.9.9.9' "$err"
check_equal "no connection is made" "203.0.113.5:443 " "$(connected_to "$work/trace")"
expect 3 "refuses a private token service of a public registry" \
    try_export "evil.net.test/login/app:1"
check_equal "no connection is made" "203.0.113.5:443 " "$(connected_to "$work/trace")"
expect 0 "follows a redirect between private addresses" try_export "inside.net.test/$image"
check "the images are there" test -s "$work/inside.log"

# Without TLS, and not on this machine itself.
expect 4 "refuses a registry without TLS" try_export "plain.net.test:5000/$image"
check "a hint names the option" grep -q '^hint: .*--plain-http' "$err"
expect 0 "--plain-http permits it" \
    try_export --plain-http plain.net.test:5000 "plain.net.test:5000/$image"
printf '[[registry]]\nlocation = "plain.net.test:5000"\ninsecure = true\n' \
    >"$HOME/.config/containers/registries.conf"
expect 0 "insecure in registries.conf permits it" try_export "plain.net.test:5000/$image"

# An import talks to its target, and a mirror, a proxy and the source are not that.
must sealift export -q --force --key "$work/signer.key" -o "$bundle" --ca-file "$work/tls/ca.pem" \
    "hub.net.test/$image"
printf '[[registry]]\nlocation = "target.net.test"\n[[registry.mirror]]\nlocation = "cdn.net.test"\n' \
    >"$HOME/.config/containers/registries.conf"
try_import() {
    https_proxy=http://203.0.113.6:3128 http_proxy=http://203.0.113.6:3128 \
        all_proxy=http://203.0.113.6:3128 traced import --key "$work/signer.pub" \
        --ca-file "$work/tls/ca.pem" "$bundle" target.net.test/mirror
}
expect 0 "import succeeds" try_import
check_equal "import contacts only its target" "10.9.9.9:443 " "$(connected_to "$work/trace")"

done_testing
