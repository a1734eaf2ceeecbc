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

# Every document and every blob is asked for at most once, whoever refers to it.
digests_asked() {
    registry_settle source || return 1
    sed -n 's/.*"GET [^ ]*\/\(sha256:[0-9a-f]*\) .*/\1/p' "$work/registry/source/access.log"
}

expect 0 "export --dry-run plans" \
    sealift export --dry-run --json -o "$bundle" --key "$work/signer.key" -f "$work/list"
planned=$(field "$out" 'd["bundleBytes"]')
check "it knows that images share layers" test "$(field "$out" 'd["sharedBytes"]')" -gt 2500
check_equal "a dry run leaves no file" "" "$(ls -A "$work/carrier")"

must fill source shapes # what was asked by filling and planning is out of the way
: >"$work/registry/source/access.log"
required 0 "export of every shape" \
    sealift export -o "$bundle" --key "$work/signer.key" -f "$work/list"
check_equal "export leaves the bundle and nothing else" images.tar "$(ls -A "$work/carrier")"
check_equal "of the size that was planned" "$planned" "$(stat -c %s "$bundle")"
check "digests were asked for" test "$(digests_asked | wc -l)" -gt 50
check_equal "none of them twice" "" "$(digests_asked | sort | uniq -d)"
check_equal "export changes nothing at the source" 0 "$(writes source)"

expect 0 "verify" sealift verify --key "$work/signer.pub" "$bundle"

expect 0 "inspect" sealift inspect "$bundle"
check "inspect says that nothing was verified" grep -q UNVERIFIED "$out"
missing=$(while read -r name; do grep -qF "$name" "$out" || echo "$name"; done <"$work/list")
check_equal "inspect names every image" "" "$missing"
check_not "what hangs on an image is not in the bundle" grep -q '\.sig' "$out"

must forget_requests target
expect 0 "import --dry-run plans" \
    sealift import --dry-run --key "$work/signer.pub" "$bundle" "$target"
check_equal "import --dry-run writes nothing" 0 "$(writes target)"
check "and does not say that it did" grep -q '^blobs  *[1-9][0-9]* to upload' "$out"

required 0 "import" sealift import --key "$work/signer.pub" "$bundle" "$target"
check "every tag, document and blob is the same at the target" \
    same_images source target "$landing"
check "something was written" test "$(writes target)" -gt 0

must forget_requests target
expect 0 "import once more" sealift import --key "$work/signer.pub" "$bundle" "$target"
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
expect 0 "import after a layer was lost" \
    sealift import --key "$work/signer.pub" "$bundle" "$target"
check "the registry is whole again" same_images source target "$landing"

expect 0 "a second target without a prefix, one worker" \
    sealift import -j 1 --key "$work/signer.pub" "$bundle" "$(address_of target)"
check "the same there" same_images source target "$(echo "$source" | tr : _)"

done_testing
