#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# unpack.sh - verify --layers: what is inside of layers is what their images say.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must fill source shapes
references source >"$work/list"
must sealift export -q --unsigned -o "$work/shapes.tar" -f "$work/list"
expect 0 "verify --layers accepts images of every shape" \
    sealift verify --layers --insecure-skip-verify "$work/shapes.tar"
check "says how many layers were not unpacked, and why" grep -qE \
    '^layers    [0-9]+ unpacked, [0-9]+ not: [0-9]+ of artifacts, [0-9]+ of a type other than tar$' \
    "$out"
counts() { # of layers, as the manifests in the bundle have them: of images, of artifacts
    python3 - "$work/shapes.tar" <<'PYTHON'
import json, sys, tarfile
images, others = set(), set()
for member in tarfile.open(sys.argv[1]):
    if not member.name.startswith("blobs/") or member.size > 1 << 20:
        continue
    try:
        manifest = json.load(tarfile.open(sys.argv[1]).extractfile(member))
        layers = {one["digest"] for one in manifest.get("layers") or manifest["blobs"]}
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        continue
    (images if "image" in manifest.get("config", {}).get("mediaType", "") else others).update(layers)
print(len(images), len(others - images))
PYTHON
}
expect 0 "counts in JSON" sealift verify --json --layers --insecure-skip-verify "$work/shapes.tar"
check_equal "layers of images and artifacts are counted" "$(counts)" "$(field "$out" \
    '"%d %d" % ((lambda l: (l["unpacked"] + l["notUnpacked"]["otherType"], l["notUnpacked"]["artifact"]))(d["layers"]))')"

# What parses and unpacks is a process of its own, as poor as the kernel can make it.
expect 0 "verify -v --layers succeeds" \
    sealift verify -v --layers --insecure-skip-verify "$work/shapes.tar"
check "the debug log describes the sandbox" grep -q 'in a separate process: ' "$err"

python3 "$tests/e2e/bad_layers.py" "$(url_of source)" >"$work/cases"
check "there are layers to unpack" test "$(wc -l <"$work/cases")" -gt 14
while read -r name words; do
    bundle=$work/$name.tar
    must sealift export -q --unsigned -o "$bundle" "$(address_of source)/inside/$name:v1"
    if [ "$words" = - ]; then
        expect 0 "$name" sealift verify --layers --insecure-skip-verify "$bundle"
        continue
    fi
    expect 6 "$name" sealift verify --json --layers --insecure-skip-verify "$bundle"
    check "the message names the layer" grep -q "$words" "$err"
    check_equal "the message names the fault" layer "$(field "$out" 'd["error"]["reason"]')"
    expect 0 "without --layers nothing is unpacked" \
        sealift verify --insecure-skip-verify "$bundle"
done <"$work/cases"

# Digests first: damage is not called a bad layer.
python3 - "$work/gzip.tar" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    at = data.rindex(b"\x1f\x8b") + 20
    file.seek(at)
    file.write(bytes([data[at] ^ 1]))
PYTHON
expect 6 "damage fails with its own status" \
    sealift verify --json --layers --insecure-skip-verify "$work/gzip.tar"
check_equal "the reason is damage" digest "$(field "$out" 'd["error"]["reason"]')"

done_testing
