#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# front.sh - registries behind nginx: client certificates, small bodies, a storage server.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
PATH=$PATH:/usr/sbin
need nginx

must make_ca
must make_client_certificate carrier
must start_registry source locked
must start_registry target locked
must fill source fleet --images 1 --platforms 1 --layers 2 --layer-bytes 3000000
must make_key signer
pair=$(printf '%s:%s' "$registry_user" "$registry_password" | base64)

# Storage serves every client that has the link, unless it sends credentials.
must start_front source 2 <<TEMPLATE
ssl_certificate $work/tls/server.pem;
ssl_certificate_key $work/tls/server.key;
server {
    listen @1@ ssl;
    ssl_client_certificate $work/tls/ca.pem;
    ssl_verify_client on;
    proxy_set_header Host \$http_host;
    proxy_set_header X-Forwarded-Proto https;
    location / { proxy_pass http://$(address_of source); }
    location ~ /blobs/ {
        if (\$http_authorization = "") { return 401; }
        return 307 https://@2@\$request_uri;
    }
}
server {
    listen @2@ ssl;
    ssl_verify_client optional_no_ca;
    proxy_set_header Authorization "Basic $pair";
    location / {
        if (\$http_authorization) { return 400; }
        if (\$ssl_client_verify != NONE) { return 400; }
        proxy_pass http://$(address_of source);
    }
}
TEMPLATE
must start_front target 1 <<TEMPLATE
ssl_certificate $work/tls/server.pem;
ssl_certificate_key $work/tls/server.key;
server {
    listen @1@ ssl;
    ssl_client_certificate $work/tls/ca.pem;
    ssl_verify_client on;
    client_max_body_size 1m;
    proxy_set_header Host \$http_host;
    location / { proxy_pass http://$(address_of target); }
}
TEMPLATE
source=$(front_address source 1)
target=$(front_address target 1)
python3 - "$registry_user:$registry_password" "$source" "$target" >"$work/auth.json" <<'PYTHON'
import base64, json, sys
pair = base64.b64encode(sys.argv[1].encode()).decode()
json.dump({"auths": {host: {"auth": pair} for host in sys.argv[2:]}}, sys.stdout)
PYTHON
references source | sed "s|^[^/]*|$source|" >"$work/list"
bundle=$work/b.tar

# shellcheck disable=SC2120 # expect hands it options
try_export() {
    sealift export -v --force -o "$bundle" --key "$work/signer.key" -f "$work/list" \
        --authfile "$work/auth.json" "$@"
}
try_import() {
    sealift import -v --key "$work/signer.pub" "$bundle" "$target" \
        --authfile "$work/auth.json" "$@"
}
given="--ca-file $work/tls/ca.pem --tls-cert $work/tls/carrier.pem"

expect 3 "fails without a client certificate" try_export --ca-file "$work/tls/ca.pem"
check "the server's message is shown" grep -q 'certificate' "$err"
check "the hint names the client certificate" grep -q '^hint: .*--tls-cert' "$err"

# shellcheck disable=SC2086 # words
required 0 "exports with a client certificate from storage that requires none" \
    try_export $given --tls-key "$work/tls/carrier.key"
# shellcheck disable=SC2086 # words
expect 0 "imports through a limit of 1 MiB per request" \
    try_import $given --tls-key "$work/tls/carrier.key"
check "every image is at the target" same_images source target "$(echo "$source" | tr : _)"
check "the proxy refused larger requests" grep -q ' 413 ' "$work/front/target/access.log"

cat "$work/tls/carrier.pem" "$work/tls/carrier.key" >"$work/tls/both.pem"
expect 0 "accepts certificate and key in one file" \
    try_export --ca-file "$work/tls/ca.pem" --tls-cert "$work/tls/both.pem"
openssl pkey -in "$work/tls/carrier.key" -aes128 -passout pass:x -out "$work/tls/locked.key"
# shellcheck disable=SC2086 # words
expect 3 "refuses an encrypted key" try_export $given --tls-key "$work/tls/locked.key"
check "a hint says how to decrypt it" grep -q '^hint: openssl pkey' "$err"
openssl genpkey -algorithm ed25519 -out "$work/tls/other.key"
# shellcheck disable=SC2086 # words
expect 8 "refuses the key of another certificate" try_export $given --tls-key "$work/tls/other.key"
# shellcheck disable=SC2086 # words
expect 2 "refuses a certificate without a key" try_export $given --tls-key "$work/tls/ca.pem"
expect 2 "refuses a key without a certificate" try_export --tls-key "$work/tls/carrier.key"

# Not every server answers those who have none: TLS itself may end it.
must start_registry mutual mutual
try_mutual() {
    sealift export --dry-run --ca-file "$work/tls/ca.pem" "$@" "$(address_of mutual)/none:1"
}
expect 3 "fails a handshake without a client certificate" try_mutual
check "the hint names the client certificate here too" grep -q '^hint: .*--tls-cert' "$err"
expect 9 "completes a handshake with a client certificate" \
    try_mutual --tls-cert "$work/tls/both.pem"

# The folder of podman and docker.
folder=$HOME/.config/containers/certs.d/$source
mkdir -p "$folder"
cp "$work/tls/ca.pem" "$folder/ca.crt"
cp "$work/tls/carrier.pem" "$folder/client.cert"
expect 2 "refuses a certificate without its key in certs.d" try_export
check "the message names the file" grep -q "but not 'client.key'" "$err"
cp "$work/tls/carrier.key" "$folder/client.key"
expect 0 "uses a certificate in certs.d" try_export
check "the debug log names it" grep -qF "$folder" "$err"
mkdir -p "$work/xdg/containers"
mv "$HOME/.config/containers/certs.d" "$work/xdg/containers/certs.d"
with_xdg() {
    # shellcheck disable=SC2119
    XDG_CONFIG_HOME=$work/xdg try_export
}
expect 0 "uses a certificate below XDG_CONFIG_HOME" with_xdg
folder=$work/xdg/containers/certs.d/$source
cp "$folder/client.cert" "$folder/second.cert"
cp "$folder/client.key" "$folder/second.key"
expect 2 "refuses two client certificates" with_xdg
rm "$folder"/*.key "$folder"/*.cert
openssl x509 -in "$work/tls/ca.pem" -outform der -out "$folder/binary.crt"
expect 2 "refuses a CA file that is not PEM" with_xdg
check "the message names the file" grep -qF "binary.crt" "$err"

done_testing
