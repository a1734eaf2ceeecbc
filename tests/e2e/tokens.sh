#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tokens.sh - registries that send their clients to a token server first.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

# Each registry twice on the same data: one with tokens, for sealift; one without, to fill
# and to compare.
must start_registry source
must start_registry target
must fill source shapes --only index --only chart --only alias
must make_token_server source-door
must make_token_server target-door
must start_registry source-door token source
must start_registry target-door token target
must make_key signer
door=$(address_of source-door)
target=$(address_of target-door)/mirror
references source | sed "s|^[^/]*|$door|" >"$work/list"
bundle=$work/b.tar

# asked NAME: what was asked of its token server, and forget it.
asked() {
    cat "$work/registry/$1/tokens.log"
    : >"$work/registry/$1/tokens.log"
}
docker_config() {
    python3 - "$registry_user:$1" "$door" "$(address_of target-door)" \
        >"$work/config.json" <<'PYTHON'
import base64, json, sys
pair = base64.b64encode(sys.argv[1].encode()).decode()
json.dump({"auths": {host: {"auth": pair} for host in sys.argv[2:]}}, sys.stdout)
PYTHON
}
try_export() {
    sealift export -v --force -o "$bundle" --key "$work/signer.key" -f "$work/list" "$@"
}
try_import() {
    sealift import -v --key "$work/signer.pub" "$bundle" "$target" "$@"
}

expect 3 "fails with an anonymous token" try_export
check "no bundle is written" test ! -e "$bundle"
check_equal "no credentials were sent" "-" "$(asked source-door | cut -d' ' -f1 | sort -u)"

docker_config wrong
expect 3 "fails with a wrong password" try_export --authfile "$work/config.json"
check_equal "no anonymous attempt follows" wrong \
    "$(asked source-door | cut -d' ' -f1 | sort -u)"

docker_config "$registry_password"
expect 0 "export with tokens succeeds" try_export --authfile "$work/config.json"
check "the token service was asked" test -s "$work/registry/source-door/tokens.log"
check_equal "one token is requested for each repository" \
    "" "$(sort "$work/registry/source-door/tokens.log" | uniq -d)"
check_equal "only pull is requested" "" "$(asked source-door | grep push)"
check_equal "no token is shown" "" "$(grep -E 'Bearer e|eyJ' "$out" "$err")"

expect 0 "import with tokens succeeds" try_import --authfile "$work/config.json"
check "push is requested" grep -q 'pull,push' "$work/registry/target-door/tokens.log"
check_equal "each token is requested once" "" "$(asked target-door | sort | uniq -d)"
check "every image is at the target" same_images source target "mirror/$(echo "$door" | tr : _)"

must forget_requests target-door
expect 0 "a second import succeeds" try_import --authfile "$work/config.json"
check_equal "the second import writes nothing" 0 "$(writes target-door)"

# Anonymous is enough where the registry says so.
asked source-door >"$work/before"
expect 0 "exports a public image without credentials" \
    sealift export --unsigned -o "$work/public.tar" "$door/charts/shop:0.1.0"
check_equal "the token is anonymous" "- repository:charts/shop:pull" \
    "$(asked source-door)"

# A token is valid for at most 3 s, and the wire is silent for longer while layers are fetched.
must make_token_server short --short
must start_registry short token source
must start_stall short 40000 4
sed "s|^[^/]*|$(stalled_address)|" "$work/list" >"$work/short-list"
with_short_tokens() {
    printf '%s:%s' "$registry_user" "$registry_password" |
        "$SEALIFT" export -j 1 --unsigned -o "$work/short.tar" \
            --creds-stdin "$(stalled_address)" -f "$work/short-list"
}
expect 0 "a token that expires during a download is renewed" with_short_tokens
check_equal "it is renewed once" "      2" \
    "$(sort "$work/registry/short/tokens.log" | uniq -c | cut -c1-7 | sort -u | tail -n 1)"
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$work/short.tar"

done_testing
