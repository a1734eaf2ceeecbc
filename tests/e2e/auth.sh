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
expect 4 "an authority that nobody knows" try_export
check "is named as the reason" grep -qi 'certificate' "$err"
check "with what to do" grep -q '^hint: .*--ca-file' "$err"
check "leaves no bundle" test ! -e "$bundle"
check_equal "nothing was said to the registry" 0 "$(requests source)"

expect 3 "no credentials" try_export --ca-file "$ca"
check "the registry is named" grep -qF "$source" "$err"

mkdir -p "$HOME/.docker"
docker_config wrong >"$HOME/.docker/config.json"
expect 3 "a wrong password" try_export --ca-file "$ca"
tells_no_secret "what is wrong is not shown either"

docker_config "$registry_password" >"$HOME/.docker/config.json"
expect 0 "docker's configuration in the home folder" try_export --ca-file "$ca"
tells_no_secret "export -v tells no secret"
expect 0 "import with it" try_import --ca-file "$ca"
tells_no_secret "import -v tells no secret"
check "everything is there" same_images source target "$(echo "$source" | tr : _)"
must forget_requests target
expect 0 "import once more" try_import --ca-file "$ca"
check_equal "writes nothing" 0 "$(writes target)"

mkdir "$work/elsewhere"
mv "$HOME/.docker/config.json" "$work/elsewhere/config.json"
expect 0 "--authfile" try_export --ca-file "$ca" --authfile "$work/elsewhere/config.json"
with_variable() {
    DOCKER_CONFIG=$work/elsewhere try_export --ca-file "$ca"
}
expect 0 "DOCKER_CONFIG" with_variable
expect 9 "an --authfile that does not exist" try_export --ca-file "$ca" --authfile "$work/none"
echo '{"auths": []}' >"$work/broken.json"
expect 2 "an --authfile of another shape" try_export --ca-file "$ca" --authfile "$work/broken.json"

from_stdin() {
    printf '%s\n' "$1" |
        "$abs_top_builddir/sealift" export -v -o "$work/stdin.tar" --force --unsigned \
            --ca-file "$ca" --creds-stdin "$source" -f "$work/list"
}
expect 0 "--creds-stdin" from_stdin "$registry_user:$registry_password"
tells_no_secret "does not show what it read"
expect 3 "--creds-stdin with a wrong password" from_stdin "$registry_user:guess"
expect 2 "--creds-stdin with half of it" from_stdin "$registry_user"

expect 9 "a --ca-file that does not exist" try_export --ca-file "$work/none.pem"
echo hello >"$work/junk.pem"
expect 8 "a --ca-file without a certificate" try_export --ca-file "$work/junk.pem"
check "is named" grep -qF "$work/junk.pem" "$err"

# Plain HTTP is spoken where no TLS can be expected, never as a way out.
expect 5 "a TLS registry asked for plain HTTP does not answer it" \
    try_export --plain-http "$source" --authfile "$work/elsewhere/config.json"

done_testing
