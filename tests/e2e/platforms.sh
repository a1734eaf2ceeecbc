#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# platforms.sh - only some platforms of an image: the index kept or rebuilt.

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

expect 2 "refuses a platform of one part" export_some --platform amd64 "$web"
check "the message has the expected form" grep -q 'OS/ARCH' "$err"
expect 9 "fails on a platform that an index lacks" \
    export_some --platform linux/amd64,linux/mips64 --platform-missing all "$web"
check "the message has the platforms of the index" \
    grep -q 'linux/mips64 not available: found linux/amd64, linux/arm64/v8, linux/arm/v7' "$err"
expect 9 "fails on a platform that a single image lacks" \
    export_some --platform linux/arm64 "$source/library/tool:v2"
check "the message has the platform of its config" grep -q 'found linux/amd64' "$err"
expect 0 "exports an artifact without platforms" \
    export_some --platform linux/arm64 "$source/charts/shop:0.1.0"

# ---- the index kept ----

must forget_requests source
required 0 "exports two platforms, one of them in nested indexes" \
    export_some --platform linux/amd64 --platform linux/aarch64 "$web" \
    "$source/nested:deep" "$source/team/api:latest"
check_equal "the digest of the index is unchanged" \
    "$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')" \
    "$(field "$out" 'd["images"][0]["digest"]')"
check_equal "omitted platforms are listed" "linux/arm/v7 linux/s390x linux/ppc64le" \
    "$(field "$out" '" ".join(o["platform"] for o in d["images"][0]["omitted"])')"
check_equal "exported platforms are counted" 4 "$(field "$out" 'd["platforms"]')"
omitted=$(field "$out" '" ".join(o["digest"] for i in d["images"] for o in i.get("omitted", []))')
must registry_settle source
asked=$(for digest in $omitted; do
    grep "GET .*$digest" "$work/registry/source/access.log"
done)
check_equal "nothing omitted was requested" "" "$asked"
planned=$(field "$out" 'd["bundleBytes"]')
check_equal "the size is as planned" "$planned" "$(stat -c %s "$bundle")"
mkdir "$work/plain"
must tar -C "$work/plain" -xf "$bundle"
expect 0 "sha256sum ignores the lines of omitted objects" \
    sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' sh "$work/plain"
check_equal "SHA256SUMS lists omitted objects" \
    5 "$(grep -c '^#omitted sha256:' "$work/plain/SHA256SUMS")"
expect 0 "verify succeeds" sealift verify --key "$work/signer.pub" "$bundle"
check "verify mentions omitted objects" grep -q 'left out  5 children' "$out"
expect 0 "inspect succeeds" sealift inspect "$bundle"
check_equal "inspect lists omitted platforms" 5 "$(grep -c 'left out$' "$out")"

# docker-registry insists that all children of an index are there.
expect 5 "import fails where the registry refuses such an index" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
check "a hint names --index rebuild" grep -q 'hint: .*--index rebuild' "$err"
expect 0 "import --dry-run succeeds" \
    sealift import --dry-run --key "$work/signer.pub" "$bundle" "$target/kept"
check "the dry run says that the registry may refuse the index" \
    grep -q 'warning: a dry run cannot determine' "$err"
required 0 "import --index rebuild succeeds" sealift import --json --index rebuild \
    --key "$work/signer.pub" "$bundle" "$target/rebuilt"
check_equal "the original digest is reported" \
    "$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')" \
    "$(field "$out" 'd["images"][0]["rebuiltFrom"]')"
rebuilt=$(field "$out" '" ".join(i["digest"] for i in d["images"])')
must forget_requests target
expect 0 "a second import succeeds" \
    sealift import --index rebuild --key "$work/signer.pub" "$bundle" \
    "$target/rebuilt"
check_equal "the second import writes nothing" 0 "$(writes target)"
expect 0 "export --index rebuild makes the same index" export_some --dry-run --index rebuild \
    --platform linux/amd64,linux/arm64 "$web" "$source/nested:deep" "$source/team/api:latest"
check_equal "the digests are the same" "$rebuilt" \
    "$(field "$out" '" ".join(i["digest"] for i in d["images"])')"
must export_some "$web" "$source/nested:deep" "$source/team/api:latest" >"$work/.full"
must sealift import --key "$work/signer.pub" "$bundle" "$target/kept" >"$work/.import"
must export_some --platform linux/amd64,linux/arm64 "$web" >"$work/.some"
must rm -rf "$work/registry/target/store/docker/registry/v2/repositories/kept/$(echo "$source" |
    tr : _)/team/web/_manifests/tags"
expect 0 "import succeeds where the children exist" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
must forget_requests target
expect 0 "a second import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target/kept"
check_equal "the second import writes nothing" 0 "$(writes target)"

# ---- the index rebuilt ----

expect 2 "--index requires --platform" export_some --index rebuild "$web"
expect 2 "refuses an unknown value of --index" \
    export_some --platform linux/amd64 --index other "$web"
expect 0 "a complete index keeps its digest" export_some --index rebuild \
    --platform linux/amd64,linux/arm64,linux/arm/v7,linux/s390x "$source/team/api:latest"
check_equal "the result says that nothing was rebuilt" False \
    "$(field "$out" '"rebuiltFrom" in d["images"][0]')"

index=$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')
required 0 "export --index rebuild succeeds" export_some --platform linux/amd64,linux/arm64 \
    --index rebuild "$web" "$source/team/web@$index" "$source/nested:deep"
check_equal "the original digest is reported" "$index" \
    "$(field "$out" 'd["images"][0]["rebuiltFrom"]')"
check_equal "a name by digest has the new digest" True \
    "$(field "$out" 'd["images"][1]["name"].endswith(d["images"][0]["digest"])')"
check_equal "the new index lists no omitted platform" False \
    "$(field "$out" 'any("omitted" in i for i in d["images"])')"
expect 0 "verify succeeds" sealift verify --key "$work/signer.pub" "$bundle"
check_not "the bundle lists nothing omitted" grep -q 'left out' "$out"
expect 0 "import succeeds" \
    sealift import --key "$work/signer.pub" "$bundle" "$target/made"
check "the new index has the chosen platforms unchanged" \
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
expect 0 "a second import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target/made"
check_equal "the second import writes nothing" 0 "$(writes target)"
expect 0 "the text output mentions the rebuild" sealift export --dry-run --platform linux/amd64 \
    --index rebuild "$web"
check "both digests are shown" \
    grep -q "^rebuilt .*: the digest was $index and is now sha256:" "$out"

done_testing
