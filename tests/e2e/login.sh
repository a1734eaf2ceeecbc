#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# login.sh - what login keeps is found by sealift, skopeo and podman, and what they keep by sealift.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source private
must fill source shapes --only index
source=$(address_of source)
references source >"$work/list"
first=$(head -n 1 "$work/list")
ca=$work/tls/ca.pem
mkdir "$work/certs"
cp "$ca" "$work/certs/ca.crt"
export REGISTRY_AUTH_FILE="$work/auth/auth.json"

# log_in [OPTION...]: with the password of the registry.
log_in() {
    printf '%s\n' "$registry_password" |
        sealift login --ca-file "$ca" -u "$registry_user" --password-stdin "$@" "$source"
}

expect 0 "logs in" log_in
check "says that the password is not encrypted" grep -q 'stored unencrypted' "$err"
check_equal "only the user can read the file" 600 "$(stat -c %a "$REGISTRY_AUTH_FILE")"
expect 0 "lists an image with these credentials" sealift list --ca-file "$ca" "$first"
expect 0 "lists the repositories" sealift list --ca-file "$ca" "$source"
if command -v skopeo >/dev/null; then
    expect 0 "skopeo finds the credentials" skopeo inspect --raw --cert-dir "$work/certs" "docker://$first"
    expect 0 "skopeo logs out" skopeo logout "$source"
    expect 9 "there is nothing left to log out of" sealift logout "$source"
    echo "$registry_password" |
        skopeo login --cert-dir "$work/certs" -u "$registry_user" --password-stdin "$source" >"$out" 2>&1
    expect 0 "sealift finds what skopeo login keeps" sealift list --ca-file "$ca" "$first"
else
    skip "skopeo finds the credentials" "there is no skopeo"
fi
if command -v podman >/dev/null; then
    check_equal "podman finds the user" "$registry_user" "$(podman login --get-login "$source" 2>"$err")"
else
    skip "podman finds the user" "there is no podman"
fi
expect 0 "logs out" sealift logout "$source"
expect 3 "without them there is no access" sealift list --ca-file "$ca" "$first"
check "a hint says how to log in" grep -q "^hint: .*'sealift login $source'" "$err"
done_testing
