#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# roundtrip.sh - out of one registry, into another: every shape, not a byte different.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes
must make_key signer
references source >"$work/list"
source=$(address_of source)
target=$(address_of target)/mirror
landing=mirror/$(echo "$source" | tr : _)
mkdir "$work/carrier"
bundle=$work/carrier/images.tar

# Every document and blob is requested at most once, however many refer to it.
digests_asked() {
    registry_settle source || return 1
    sed -n 's/.*"GET [^ ]*\/\(sha256:[0-9a-f]*\) .*/\1/p' "$work/registry/source/access.log"
}

expect 0 "export --dry-run succeeds" \
    sealift export --dry-run --json -o "$bundle" --no-referrers --key "$work/signer.key" -f "$work/list"
planned=$(field "$out" 'd["bundleBytes"]')
check "shared layers are counted once" test "$(field "$out" 'd["sharedBytes"]')" -gt 2500
check_equal "the dry run writes no file" "" "$(ls -A "$work/carrier")"

must fill source shapes # what was asked by filling and planning is out of the way
: >"$work/registry/source/access.log"
required 0 "exports images of every shape" \
    sealift export -o "$bundle" --no-referrers --key "$work/signer.key" -f "$work/list"
check_equal "only the bundle is left" images.tar "$(ls -A "$work/carrier")"
check_equal "the size is as planned" "$planned" "$(stat -c %s "$bundle")"
check "objects are requested by digest" test "$(digests_asked | wc -l)" -gt 50
check_equal "no object is requested twice" "" "$(digests_asked | sort | uniq -d)"
check_equal "export changes nothing at the source" 0 "$(writes source)"

expect 0 "verify succeeds" sealift verify --key "$work/signer.pub" "$bundle"

expect 0 "inspect succeeds" sealift inspect "$bundle"
check "inspect says that nothing was verified" grep -q UNVERIFIED "$out"
missing=$(while read -r name; do grep -qF "$name" "$out" || echo "$name"; done <"$work/list")
check_equal "inspect names every image" "" "$missing"
check_not "referrers are left out on request" grep -q '\.sig' "$out"

must forget_requests target
expect 0 "import --dry-run succeeds" \
    sealift import --dry-run --key "$work/signer.pub" "$bundle" "$target"
check_equal "import --dry-run writes nothing" 0 "$(writes target)"
check "the dry run reports nothing as pushed" grep -q '^blobs  *[1-9][0-9]* to upload' "$out"

required 0 "import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target"
check "every tag, document and blob is the same at the target" \
    same_images source target "$landing"
check "the import wrote to the registry" test "$(writes target)" -gt 0

must forget_requests target
expect 0 "a second import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target"
check_equal "the second import writes nothing" 0 "$(writes target)"

# A registry that lost something gets exactly that again.
layer=$(python3 - "$work/source.json" "$(url_of source)" <<'PYTHON'
import json, os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
chart = next(i for i in json.load(open(sys.argv[1])) if i["shape"] == "chart")
print(json.loads(Registry(sys.argv[2]).get_manifest("charts/shop", chart["digest"])[0])
      ["layers"][0]["digest"])
PYTHON
)
must test -n "$layer"
rm -rf "$work/registry/target/store/docker/registry/v2/repositories/$landing/charts/shop/_layers/sha256/${layer#sha256:}"
must forget_requests target
expect 0 "import succeeds after a layer was lost" \
    sealift import --key "$work/signer.pub" "$bundle" "$target"
check "the layer is back" same_images source target "$landing"

expect 0 "imports with one worker without a prefix" \
    sealift import -j 1 --key "$work/signer.pub" "$bundle" "$(address_of target)"
check "every tag, document and blob is the same there" \
    same_images source target "$(echo "$source" | tr : _)"

done_testing
