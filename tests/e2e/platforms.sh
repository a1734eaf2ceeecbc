#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# platforms.sh - only some platforms of an image: the index kept as it is, or made anew.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only index --only docker-list --only docker-single --only nested \
    --only chart
must make_key signer
source=$(address_of source)
target=$(address_of target)
web=$source/team/web:1.4
bundle=$work/images.tar

export_some() {
    sealift export --json --key "$work/signer.key" -o "$bundle" --force "$@"
}

# ---- what is asked for, and what is there ----

expect 2 "a platform has two or three parts" export_some --platform amd64 "$web"
check "the message says how" grep -q 'OS/ARCH' "$err"
expect 9 "a platform that an index does not have" \
    export_some --platform linux/amd64,linux/mips64 --platform-missing all "$web"
check "the error names it, and what there is" \
    grep -q 'linux/mips64 not available: found linux/amd64, linux/arm64/v8, linux/arm/v7' "$err"
expect 9 "a platform that an image without an index does not have" \
    export_some --platform linux/arm64 "$source/library/tool:v2"
check "its config says what there is" grep -q 'found linux/amd64' "$err"
expect 0 "what has no platform has none to lack" \
    export_some --platform linux/arm64 "$source/charts/shop:0.1.0"

# ---- the index kept ----

must forget_requests source
required 0 "export two platforms, one of them in nested indexes" \
    export_some --platform linux/amd64 --platform linux/aarch64 "$web" \
    "$source/nested:deep" "$source/team/api:latest"
check_equal "the digest is that of the registry" \
    "$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')" \
    "$(field "$out" 'd["images"][0]["digest"]')"
check_equal "what is left out is named" "linux/arm/v7 linux/s390x linux/ppc64le" \
    "$(field "$out" '" ".join(o["platform"] for o in d["images"][0]["omitted"])')"
check_equal "images for some platform are counted" 4 "$(field "$out" 'd["platforms"]')"
omitted=$(field "$out" '" ".join(o["digest"] for i in d["images"] for o in i.get("omitted", []))')
must registry_settle source
asked=$(for digest in $omitted; do
    grep "GET .*$digest" "$work/registry/source/access.log"
done)
check_equal "nothing that is left out was asked for" "" "$asked"
planned=$(field "$out" 'd["bundleBytes"]')
check_equal "written as planned" "$planned" "$(stat -c %s "$bundle")"
mkdir "$work/plain"
must tar -C "$work/plain" -xf "$bundle"
expect 0 "sha256sum takes what is left out for a comment" \
    sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' sh "$work/plain"
check_equal "SHA256SUMS lists it" 5 "$(grep -c '^#omitted sha256:' "$work/plain/SHA256SUMS")"
expect 0 "verify" sealift verify --key "$work/signer.pub" "$bundle"
check "verify says that something is left out" grep -q 'left out  5 children' "$out"
expect 0 "inspect" sealift inspect "$bundle"
check_equal "inspect shows what" 5 "$(grep -c 'left out$' "$out")"

# docker-registry insists that all children of an index are there.
expect 5 "import where the registry refuses such an index" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
check "the error says what to do" grep -q 'hint: .*--index rebuild' "$err"
expect 0 "a dry run cannot know" \
    sealift import --dry-run --key "$work/signer.pub" "$bundle" "$target/kept"
check "and says so" grep -q 'warning: a dry run cannot determine' "$err"
required 0 "import makes indexes of what is there" sealift import --json --index rebuild \
    --key "$work/signer.pub" "$bundle" "$target/rebuilt"
check_equal "the digest that it was made from is told" \
    "$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')" \
    "$(field "$out" 'd["images"][0]["rebuiltFrom"]')"
rebuilt=$(field "$out" '" ".join(i["digest"] for i in d["images"])')
must forget_requests target
expect 0 "import once more" sealift import --index rebuild --key "$work/signer.pub" "$bundle" \
    "$target/rebuilt"
check_equal "the second import writes nothing" 0 "$(writes target)"
expect 0 "export makes the same" export_some --dry-run --index rebuild \
    --platform linux/amd64,linux/arm64 "$web" "$source/nested:deep" "$source/team/api:latest"
check_equal "with the same digests" "$rebuilt" \
    "$(field "$out" '" ".join(i["digest"] for i in d["images"])')"
must export_some "$web" "$source/nested:deep" "$source/team/api:latest" >"$work/.full"
must sealift import --key "$work/signer.pub" "$bundle" "$target/kept" >"$work/.import"
must export_some --platform linux/amd64,linux/arm64 "$web" >"$work/.some"
must rm -rf "$work/registry/target/store/docker/registry/v2/repositories/kept/$(echo "$source" |
    tr : _)/team/web/_manifests/tags"
expect 0 "import where the children are there from before" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
must forget_requests target
expect 0 "import once more" sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
check_equal "the second import writes nothing" 0 "$(writes target)"

# ---- the index made anew ----

expect 2 "--index without --platform has nothing to do" export_some --index rebuild "$web"
expect 2 "--index knows two words" export_some --platform linux/amd64 --index other "$web"
expect 0 "the same digest where nothing is left out" export_some --index rebuild \
    --platform linux/amd64,linux/arm64,linux/arm/v7,linux/s390x "$source/team/api:latest"
check_equal "it says that nothing was rebuilt" False \
    "$(field "$out" '"rebuiltFrom" in d["images"][0]')"

index=$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')
required 0 "export with new indexes" export_some --platform linux/amd64,linux/arm64 \
    --index rebuild "$web" "$source/team/web@$index" "$source/nested:deep"
check_equal "the digest that it was made from is told" "$index" \
    "$(field "$out" 'd["images"][0]["rebuiltFrom"]')"
check_equal "a name by digest follows" True \
    "$(field "$out" 'd["images"][1]["name"].endswith(d["images"][0]["digest"])')"
check_equal "nothing is left out of the new one" False \
    "$(field "$out" 'any("omitted" in i for i in d["images"])')"
expect 0 "verify" sealift verify --key "$work/signer.pub" "$bundle"
check_not "nothing is left out of the bundle" grep -q 'left out' "$out"
expect 0 "import, which the registry takes" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/made"
check "the new index has what was chosen, as it was" \
    python3 - "$(url_of source)" "$(url_of target)" "made/$(echo "$source" | tr : _)/team/web" \
    <<'PYTHON'
import json, os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
old, kind = Registry(sys.argv[1]).get_manifest("team/web", "1.4")
new, new_kind = Registry(sys.argv[2]).get_manifest(sys.argv[3], "1.4")
old, new = json.loads(old), json.loads(new)
assert kind == new_kind
assert [m["platform"]["architecture"] for m in new["manifests"]] == ["amd64", "arm64", "unknown"]
assert all(m in old["manifests"] for m in new["manifests"])
assert {**old, "manifests": []} == {**new, "manifests": []}
PYTHON
must forget_requests target
expect 0 "import once more" sealift import --key "$work/signer.pub" "$bundle" "$target/made"
check_equal "the second import writes nothing" 0 "$(writes target)"
expect 0 "as text it says so aloud" sealift export --dry-run --platform linux/amd64 \
    --index rebuild "$web"
check "both digests" grep -q "^rebuilt .*: the digest was $index and is now sha256:" "$out"

done_testing
