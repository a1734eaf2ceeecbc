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

expect 3 "nobody's token is not enough" try_export
check "no bundle" test ! -e "$bundle"
check_equal "no credentials were made up" "-" "$(asked source-door | cut -d' ' -f1 | sort -u)"

docker_config wrong
expect 3 "a wrong password" try_export --authfile "$work/config.json"
check_equal "is not followed by a try without one" wrong \
    "$(asked source-door | cut -d' ' -f1 | sort -u)"

docker_config "$registry_password"
expect 0 "export with tokens" try_export --authfile "$work/config.json"
check "the token server was asked" test -s "$work/registry/source-door/tokens.log"
check_equal "once for each repository" "" "$(sort "$work/registry/source-door/tokens.log" | uniq -d)"
check_equal "only to pull" "" "$(asked source-door | grep push)"
check_equal "no token is shown" "" "$(grep -E 'Bearer e|eyJ' "$out" "$err")"

expect 0 "import with tokens" try_import --authfile "$work/config.json"
check "to push" grep -q 'pull,push' "$work/registry/target-door/tokens.log"
check_equal "once for each need" "" "$(asked target-door | sort | uniq -d)"
check "everything is there" same_images source target "mirror/$(echo "$door" | tr : _)"

must forget_requests target-door
expect 0 "import once more" try_import --authfile "$work/config.json"
check_equal "writes nothing" 0 "$(writes target-door)"

# Anonymous is enough where the registry says so.
asked source-door >"$work/before"
expect 0 "a public image without credentials" \
    sealift export --unsigned -o "$work/public.tar" "$door/charts/shop:0.1.0"
check_equal "was fetched with nobody's token" "- repository:charts/shop:pull" \
    "$(asked source-door)"

# A token is valid for at most 3 s, and the wire is silent for longer while layers are fetched.
must make_token_server short --short
must start_registry short token source
must start_stall short 40000 4
sed "s|^[^/]*|$(stalled_address)|" "$work/list" >"$work/short-list"
with_short_tokens() {
    printf '%s:%s' "$registry_user" "$registry_password" |
        "$abs_top_builddir/sealift" export -j 1 --unsigned -o "$work/short.tar" \
            --creds-stdin "$(stalled_address)" -f "$work/short-list"
}
expect 0 "a token that ends on the way is replaced" with_short_tokens
check_equal "once" "      2" \
    "$(sort "$work/registry/short/tokens.log" | uniq -c | cut -c1-7 | sort -u | tail -n 1)"
expect 0 "the bundle is whole" sealift verify --insecure-skip-verify "$work/short.tar"

done_testing
