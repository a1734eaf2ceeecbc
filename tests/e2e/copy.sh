#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# copy.sh - images straight from one registry to another.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source shapes
source=$(address_of source)
target=$(address_of target)
references source >"$work/list"
first=$(head -n 1 "$work/list") # .../team/web:1.4
digest=$(field "$work/source.json" 'd[0]["digest"]')

# --- all shapes --------------------------------------------------------------------------

must forget_requests source
expect 0 "copies every shape of image with its referrers" \
    sealift copy --strip-host -f "$work/list" "$target/all"
check "every image is the same byte for byte" same_images source target all
check_equal "the source is only read" 0 "$(writes source)"
must forget_requests target
expect 0 "the same command succeeds again" \
    sealift copy --strip-host -f "$work/list" "$target/all"
check_equal "the second copy writes nothing" 0 "$(writes target)"

# --- where to ----------------------------------------------------------------------------

# digest_at NAME: what the target has under that name.
digest_at() {
    python3 - "$(url_of target)" "$1" <<'PYTHON'
import hashlib, os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
repo, _, tag = sys.argv[2].rpartition(":")
data, _ = Registry(sys.argv[1], None).get_manifest(repo, tag)
print("sha256:" + hashlib.sha256(data).hexdigest())
PYTHON
}

expect 0 "a target with a tag is an exact name" sealift copy "$first" "$target/base/site:stable"
check_equal "the digest is that of the source" "$digest" "$(digest_at base/site:stable)"
expect 0 "--as twice gives two names" sealift copy --as "$target/one:a" --as "$target/two" "$first"
check_equal "the first name is set" "$digest" "$(digest_at one:a)"
check_equal "the second image has its own tag" "$digest" "$(digest_at two:1.4)"
expect 2 "refuses a target that could be a name or a prefix" sealift copy "$first" "$target/my/web"
check "a hint says how to distinguish them" grep -q "^hint: .*add a tag.*'/'" "$err"
expect 0 "a trailing slash makes the target a prefix" \
    sealift copy --strip-host "$first" "$target/my/web/"
check_equal "the image is below the prefix" "$digest" "$(digest_at my/web/team/web:1.4)"
expect 2 "refuses --as with several images" sealift copy --as "$target/x:1" -f "$work/list"
expect 2 "refuses a target with a digest" sealift copy "$first" "$target/x@$digest"
expect 2 "requires a source" sealift copy "$target/x"
expect 0 "copies by digest" sealift copy --as "$target/pinned" "${first%:*}@$digest"
check "there is a warning that nothing holds it" grep -q 'got no tag' "$err"

# --- within one registry -----------------------------------------------------------------

must forget_requests source
expect 0 "from one repository to another" sealift copy "$first" "$source/prod/web:1.4-ok"
check_equal "no blob is uploaded" 0 "$(requests source PATCH)"

# --- nothing on the disk -----------------------------------------------------------------

if can_trace && command -v strace >/dev/null; then
    strace -f -e trace=openat,creat,open -o "$work/trace" \
        "$SEALIFT" copy -q --strip-host -f "$work/list" "$target/traced"
    check_equal "no file is opened for writing" "" \
        "$(grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(' "$work/trace" | grep -v '/dev/')"
else
    skip "no file is opened for writing" "strace may not trace here"
fi

done_testing
