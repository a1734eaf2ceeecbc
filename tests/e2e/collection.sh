#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# collection.sh - garbage collection at the target, which deletes what has no tag.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target cached
must start_registry plain cached
must fill source shapes
tagged=$(references source index)
# Everything is named by its digest only.
python3 - "$work/source.json" >"$work/pinned" <<'PYTHON'
import json, sys
made = json.load(open(sys.argv[1]))
for image in made:
    image["ref"] = image["ref"].rpartition(":")[0] + "@" + image["digest"]
json.dump(made, sys.stdout)
PYTHON
must mv "$work/pinned" "$work/source.json"
references source >"$work/list"
target=$(address_of target)
must make_key signer
must sealift export -q -o "$work/b.tar" --key "$work/signer.key" -f "$work/list"

# collect NAME: as an administrator does, then what is left, served as NAME-after.
collect() {
    docker-registry garbage-collect --delete-untagged "$work/registry/$1/config.yml" \
        >"$work/collected" 2>&1 || sed 's/^/# /' "$work/collected"
    must start_registry "$1-after" plain "$1"
}

expect 0 "copies what has only digests, with tags for them" \
    sealift copy --strip-host --tag-digests -f "$work/list" "$target/copied"
expect 0 "imports it" sealift import --strip-host --tag-digests --key "$work/signer.pub" \
    "$work/b.tar" "$target/imported"
must forget_requests target
expect 0 "copies it again" sealift copy --strip-host --tag-digests -f "$work/list" "$target/copied"
check_equal "the second run writes nothing" 0 "$(writes target)"
expect 0 "nothing is without a tag" sealift copy --dry-run --json --strip-host --tag-digests \
    -f "$work/list" "$target/copied"
check_equal "a dry run finds all tags" 0 "$(field "$out" 'd["counts"]["tagsPushed"]')"
collect target
check "what was copied is still there" same_images source target-after copied
check "and what was imported" same_images source target-after imported

must sealift copy -q --no-referrers "$tagged" "$(address_of plain)/web:1.4"
collect plain
expect 9 "without it, the children of an index are deleted" \
    sealift copy "$(address_of plain-after)/web:1.4" "oci:$work/gone"

done_testing
