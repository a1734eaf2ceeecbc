#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# auth.sh - a registry with TLS of a private authority and with passwords.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source private
must start_registry target private
must fill source shapes --only index --only chart
must make_key signer
source=$(address_of source)
target=$(address_of target)
references source >"$work/list"
ca=$work/tls/ca.pem
bundle=$work/b.tar

try_export() {
    rm -f "$bundle"
    sealift export -v -o "$bundle" --key "$work/signer.key" -f "$work/list" "$@"
}
try_import() {
    sealift import -v --key "$work/signer.pub" "$bundle" "$target" "$@"
}

# docker_config PASSWORD: a file as docker login leaves it, on stdout.
docker_config() {
    python3 - "$registry_user:$1" "$source" "$target" <<'PYTHON'
import base64, json, sys
pair = base64.b64encode(sys.argv[1].encode()).decode()
json.dump({"auths": {host: {"auth": pair} for host in sys.argv[2:]}}, sys.stdout)
PYTHON
}
# tells_no_secret NAME: neither the password nor its encoded form was shown.
encoded=$(printf '%s:%s' "$registry_user" "$registry_password" | base64)
tells_no_secret() {
    check_equal "$1" "" "$(grep -F -e "$registry_password" -e "$encoded" "$out" "$err")"
}

must forget_requests source
expect 4 "refuses a certificate of an unknown authority" try_export
check "the message names the cause" grep -qi 'certificate' "$err"
check "a hint names --ca-file" grep -q '^hint: .*--ca-file' "$err"
check "no bundle is left" test ! -e "$bundle"
check_equal "no request reached the registry" 0 "$(requests source)"
expect 3 "trusts what SSL_CERT_FILE names" env SSL_CERT_FILE="$ca" "$SEALIFT" list "$source"
expect 8 "reports that it cannot be used" env SSL_CERT_FILE="$work/none.pem" "$SEALIFT" list \
    "$source"
check "the message names the file" grep -q "cannot use the CA file '$work/none.pem'" "$err"

expect 3 "fails without credentials" try_export --ca-file "$ca"
check "the message names the registry" grep -qF "$source" "$err"

mkdir -p "$HOME/.docker"
docker_config wrong >"$HOME/.docker/config.json"
expect 3 "fails with a wrong password" try_export --ca-file "$ca"
tells_no_secret "what is wrong is not shown either"

docker_config "$registry_password" >"$HOME/.docker/config.json"
expect 0 "uses docker's configuration in the home folder" try_export --ca-file "$ca"
tells_no_secret "export -v tells no secret"
expect 0 "import uses it too" try_import --ca-file "$ca"
tells_no_secret "import -v tells no secret"
check "every image is at the target" same_images source target "$(echo "$source" | tr : _)"
must forget_requests target
expect 0 "a second import succeeds" try_import --ca-file "$ca"
check_equal "the second import writes nothing" 0 "$(writes target)"

mkdir "$work/elsewhere"
mv "$HOME/.docker/config.json" "$work/elsewhere/config.json"
expect 0 "--authfile is used" try_export --ca-file "$ca" --authfile "$work/elsewhere/config.json"
with_variable() {
    DOCKER_CONFIG=$work/elsewhere try_export --ca-file "$ca"
}
expect 0 "DOCKER_CONFIG is used" with_variable
expect 9 "refuses an --authfile that does not exist" \
    try_export --ca-file "$ca" --authfile "$work/none"
echo '{"auths": []}' >"$work/broken.json"
expect 2 "refuses a malformed --authfile" try_export --ca-file "$ca" --authfile "$work/broken.json"

from_stdin() {
    printf '%s\n' "$1" |
        "$SEALIFT" export -v -o "$work/stdin.tar" --force --unsigned \
            --ca-file "$ca" --creds-stdin "$source" -f "$work/list"
}
expect 0 "--creds-stdin is used" from_stdin "$registry_user:$registry_password"
tells_no_secret "does not show what it read"
expect 3 "--creds-stdin with a wrong password fails" from_stdin "$registry_user:guess"
expect 2 "--creds-stdin without a password is refused" from_stdin "$registry_user"

expect 9 "refuses a --ca-file that does not exist" try_export --ca-file "$work/none.pem"
echo hello >"$work/junk.pem"
expect 8 "refuses a --ca-file without a certificate" try_export --ca-file "$work/junk.pem"
check "the message names it" grep -qF "$work/junk.pem" "$err"

# Plain HTTP is spoken where no TLS can be expected, never as a way out.
expect 5 "plain HTTP at a TLS registry fails" \
    try_export --plain-http "$source" --authfile "$work/elsewhere/config.json"

done_testing
