#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# reproducible.sh - the same images at the same time give the same file, byte for byte.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must fill source shapes
must make_key signer ed25519
must make_key random ecdsa
references source >"$work/list"

# export_at TIME NAME OPTIONS...
export_at() {
    at=$1 name=$2
    shift 2
    SOURCE_DATE_EPOCH=$at sealift export -q -o "$work/$name.tar" -f "$work/list" "$@"
}

must export_at 1700000000 first --key "$work/signer.key"
expect 0 "export with one worker succeeds" \
    export_at 1700000000 second -j 1 --key "$work/signer.key"
check "the bundles are identical" cmp "$work/first.tar" "$work/second.tar"

must export_at 1700000001 later --key "$work/signer.key"
check_not "another time gives another bundle" cmp -s "$work/first.tar" "$work/later.tar"

# The signature area has one size, so that signing moves nothing.
must export_at 1700000000 unsigned --unsigned
must export_at 1700000000 ecdsa --key "$work/random.key"
area() {
    cmp -l "$1" "$2" | awk -v from="$3" -v to="$4" \
        '$1 <= from || $1 > to { print "byte " $1; exit }'
}
index_end=$(python3 - "$work/first.tar" <<'PYTHON'
import sys, tarfile
with tarfile.open(sys.argv[1]) as tar:
    index = tar.getmember("index.json")
    print(index.offset_data + -(-index.size // 512) * 512)
PYTHON
)
sums=$((index_end + 512 + 32768))
check_equal "unsigned differs in the signature area only" "" \
    "$(area "$work/first.tar" "$work/unsigned.tar" "$index_end" "$sums")"
check_equal "another key changes the signature area only" "" \
    "$(area "$work/first.tar" "$work/ecdsa.tar" "$index_end" "$sums")"

# Every member says the time that was asked for, or 0.
mtimes() {
    python3 - "$1" <<'PYTHON'
import sys, tarfile
with tarfile.open(sys.argv[1]) as tar:
    print(*sorted({member.mtime for member in tar}))
PYTHON
}
check_equal "members carry SOURCE_DATE_EPOCH" 1700000000 "$(mtimes "$work/first.tar")"
must sealift export -q -o "$work/now.tar" --unsigned -f "$work/list"
check_equal "members have time 0 without it" 0 "$(mtimes "$work/now.tar")"

done_testing
