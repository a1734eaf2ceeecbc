#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# referrers.sh - what is attached to images travels with them; real registries without the
# referrers API, where clients keep the lists.  And all tags of a repository.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only index --only chart
must make_key signer
source=$(address_of source)
target=$(address_of target)
web=$source/team/web:1.4
bundle=$work/images.tar

# look ADDRESS REPO EXPRESSION: what is under the tag of the list of referrers of team/web:1.4
look() {
    python3 - "$@" "$index" <<'PYTHON'
import json, os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
address, repo, expression, index = sys.argv[1:]
registry = Registry(address)
tags = registry.tags(repo)
list_tag = index.replace(":", "-")
data, kind = registry.get_manifest(repo, list_tag) if list_tag in tags else (b"{}", None)
d = json.loads(data)
print(eval(expression))
PYTHON
}

index=$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "index")')
digest_tag=$(echo "$index" | tr : -)

required 0 "export finds what is attached" \
    sealift export --json --key "$work/signer.key" -o "$bundle" "$web" \
    "$source/charts/shop:0.1.0"
cp "$out" "$work/.json"
check_equal "the result lists the image, its referrers and the chart" \
    4 "$(field "$out" 'len(d["images"])')"
check_equal "a referrer names its subject" "$index $index" \
    "$(field "$out" '" ".join(i["subject"] for i in d["images"][1:3])')"
check_equal "cosign's tag is listed as a name" True \
    "$(field "$out" "any(i['name'] == '$source/team/web:$digest_tag.sig' for i in d['images'])")"
check_equal "the fallback list itself is not a name" False \
    "$(field "$out" "any(i['name'].endswith('$digest_tag') for i in d['images'])")"
check_equal "the size is as planned" "$(field "$out" 'd["bundleBytes"]')" "$(stat -c %s "$bundle")"
referrer=$(field "$out" 'next(i["digest"] for i in d["images"] if "@" in i["name"])')
expect 0 "verify succeeds" sealift verify --key "$work/signer.pub" "$bundle"
expect 0 "inspect succeeds" sealift inspect --json "$bundle"
check_equal "inspect lists the referrers of the image" "$index" \
    "$(field "$out" 'next(i["subject"] for i in d["images"] if "@" in i["name"])')"
check_equal "other tools see one image" 1 \
    "$(tar -xOf "$bundle" index.json | grep -o '"io.containerd.image.name"' | wc -l)"

repo=$(echo "$source" | tr : _)/team/web
must forget_requests target
expect 0 "import --dry-run succeeds" \
    sealift import --json --dry-run --key "$work/signer.pub" "$bundle" \
    "$target"
check_equal "the dry run announces a list" 1 "$(field "$out" 'd["counts"]["referrerListsUpdated"]')"
check_equal "the dry run writes nothing" 0 "$(writes target)"
required 0 "import succeeds" sealift import --json --key "$work/signer.pub" "$bundle" "$target"
check_equal "the list was created" 1 "$(field "$out" 'd["counts"]["referrerListsUpdated"]')"
check_not "referrers have no tag of their own" grep -q 'garbage-collect' "$err"
check_equal "the list has the referrer with its type" "$referrer application/spdx+json" \
    "$(look "$(url_of target)" "$repo" '" ".join(d["manifests"][0][k] for k in ("digest", "artifactType"))')"
check_equal "cosign's tag is set" True \
    "$(look "$(url_of target)" "$repo" "'$digest_tag.sig' in tags")"
must forget_requests target
expect 0 "a second import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target"
check_equal "the second import writes nothing" 0 "$(writes target)"

# Another team attaches something of its own, then the list loses ours.
must python3 - "$(url_of target)" "$repo" "$index" <<'PYTHON'
import json, os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import INDEX, Registry
from images import EMPTY, Blob, Maker
registry, repo, index = Registry(sys.argv[1]), sys.argv[2], sys.argv[3]
maker = Maker(registry, 1)
data, kind = registry.get_manifest(repo, index)
subject = {"mediaType": kind, "digest": index, "size": len(data)}
other = maker.keep(repo, maker.manifest(repo, Blob([b"{}"], EMPTY), [Blob([b"scan"], "text/plain")],
                                        artifactType="application/x-scan", subject=subject))
made = {"schemaVersion": 2, "mediaType": INDEX, "x-kept": True, "manifests": [other.descriptor()]}
registry.put_manifest(repo, index.replace(":", "-"), json.dumps(made).encode(), INDEX)
PYTHON
expect 0 "import extends an existing list" \
    sealift import --key "$work/signer.pub" "$bundle" "$target"
check_equal "both entries are listed and nothing else changed" "(2, True)" \
    "$(look "$(url_of target)" "$repo" '(len(d["manifests"]), d["x-kept"])')"

# Another image has the tag by now: what belongs to ours stays out with it.
must sealift export --unsigned -o "$work/other.tar" "$source/charts/shop:0.1.0" >"$work/.export"
must sealift import --insecure-skip-verify --map "$source/charts/shop=$repo" "$work/other.tar" \
    "$target/skip" >"$work/.import"
must python3 - "$(url_of target)" "skip/$repo" <<'PYTHON'
import os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
registry = Registry(sys.argv[1])
registry.put_manifest(sys.argv[2], "1.4", *registry.get_manifest(sys.argv[2], "0.1.0"))
PYTHON
expect 0 "import --on-existing skip succeeds" sealift import --json --key "$work/signer.pub" \
    --on-existing skip "$bundle" "$target/skip"
check_equal "the image and its referrers are skipped" "skipped skipped skipped pushed" \
    "$(field "$out" '" ".join(i["state"] for i in d["images"])')"
check_equal "only the chart was pushed" 1 "$(field "$out" 'd["counts"]["manifestsPushed"]')"

# ---- all tags ----

expect 0 "export --all-tags succeeds" \
    sealift export --json --no-referrers --key "$work/signer.key" -o "$bundle" --force \
    --all-tags "$source/team/web" "$source/charts/shop:0.1.0"
check "a warning mentions the fallback list" \
    grep -q 'leaves out 1 tag that is a list of referrers' "$err"
check_equal "the tags are listed without the fallback list" \
    "$source/team/web:1.4 $source/team/web:$digest_tag.sig $source/charts/shop:0.1.0" \
    "$(field "$out" '" ".join(i["name"] for i in d["images"])')"
expect 0 "import succeeds" sealift import --key "$work/signer.pub" "$bundle" "$target/all"
expect 0 "export --tags succeeds" \
    sealift export --json --no-referrers --dry-run --tags '[0-9.]+' "$source/team/web"
check_equal "only matching tags are listed" \
    "$web" "$(field "$out" '" ".join(i["name"] for i in d["images"])')"

done_testing
