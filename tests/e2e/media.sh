#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# media.sh - bad spots, wrong bytes, sticks with FAT: what is said and what is written.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need_to_trace

must start_registry source
must fill source fleet --images 1 --platforms 1 --layers 3 --layer-bytes 3500000 --shared 0
image=$(address_of source)/fleet/image000:v1
bundle=$work/images.tar
must sealift export -q --unsigned -o "$bundle" "$image"

# All damage is told in one run.
cp "$bundle" "$work/flips.tar"
python3 - "$work/flips.tar" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    for offset in (600000, 4600000):
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))
PYTHON
expect 6 "reports two flipped bits" sealift verify --json --insecure-skip-verify "$work/flips.tar"
check_equal "both objects are listed" "2 2" \
    "$(field "$out" 'd["damagedObjects"], len(d["damage"])' | tr -d '(),')"
check_equal "in file order, as wrong bytes" "integrity integrity True" "$(field "$out" \
    'd["damage"][0]["kind"], d["damage"][1]["kind"], d["damage"][0]["offset"] < d["damage"][1]["offset"]' |
    tr -d "(),'")"
expect 6 "the message describes them" sealift verify --insecure-skip-verify "$work/flips.tar"
check_equal "each has a line" 2 "$(grep -c '^damaged .*blobs/sha256/' "$out")"

# Headers, padding, documents, the end: members are 0 oci-layout, 1 index.json, 2 .pad,
# 3 SHA256SUMS, 4 the index, 5 the manifest, 6 its config, 7 to 9 the layers.
# spoilt NAME STATUS PART...: exactly these places are told, each with its range.
spoilt() {
    spoilt_name=$1 spoilt_status=$2
    shift 2
    wanted=$(must python3 "$tests/e2e/damage.py" spoil "$bundle" "$work/bad.tar" "$@")
    expect "$spoilt_status" "$spoilt_name" \
        sealift verify --json --insecure-skip-verify "$work/bad.tar"
    check_equal "$spoilt_name: these places" "$wanted" \
        "$(field "$out" '"\n".join("%d %d" % (x["offset"], x["size"]) for x in d["damage"])')"
}
spoilt "a header" 6 header:7
spoilt "headers, paddings and bodies" 6 header:6 padding:7 body:8 header:9 body:9
# Only the manifest says how long the layer is, so its blocks are told.
spoilt "documents" 6 body:4 body:5 padding:6 header:8 blocks:8
spoilt "documents, and a header behind them" 6 body:4 header:5 blocks:5 padding:6
# The header does not tell which object it belonged to.
spoilt "a list, and what is behind it" 6 body:3 body:7 all:8
check "the message explains the damage" grep -q 'warning: .*is unknown' "$err"
spoilt "the padding of the list" 6 padding:3 body:7
spoilt "a cut, and something before it" 6 body:6 cut:5000000
check_equal "a truncated file is reported in one line" 2 "$(field "$out" 'd["damagedObjects"]')"
check "the line says how much is missing" \
    grep -q '"message":"2 of 6 objects are missing, from blobs/' "$out"
spoilt "the head" 6 body:0 body:2 body:8 padding:9

# traced OPTION COMMAND...: with a system call tampered with.
traced() {
    traced_option=$1
    shift
    strace -f -o "$work/trace" -e trace=pread64 -e "inject=$traced_option" \
        "$SEALIFT" "$@"
}
strace -f -o "$work/trace" -e trace=pread64 "$SEALIFT" verify -q -j 1 \
    --insecure-skip-verify "$bundle"
# Calls are counted for each thread: the one with the most hashes layers.
last=$(sed -n 's/^\([0-9]*\) *pread64(.*/\1/p' "$work/trace" | sort | uniq -c |
    sort -n | sed -n '$s/^ *\([0-9]*\).*/\1/p')

# A bad spot is none of the digest's business, and ends nothing.
expect 8 "reports an unreadable sector" traced "pread64:error=EIO:when=$((last - 3))" \
    verify --json -j 1 --insecure-skip-verify "$bundle"
check_equal "it is listed once" "local" "$(field "$out" 'd["damage"][0]["kind"]')"
check "the message has its offset" grep -q 'cannot read at byte [1-9].*\(Input/output\|I/O\) error' "$err"
check "a hint says what to do" grep -q '^hint: the medium cannot be read there' "$err"
expect 6 "reports an unreadable sector beside wrong bytes" \
    traced "pread64:error=EIO:when=$((last - 3))" \
    verify --json -j 1 --insecure-skip-verify "$work/flips.tar"
check_equal "each kind is listed separately" "integrity integrity local" \
    "$(field "$out" '" ".join(x["kind"] for x in d["damage"])')"

# A medium that lies.
expect 0 "--read-back succeeds" \
    sealift export --unsigned --verify-after -o "$work/again.tar" "$image"
check "the result says so" grep -q 'read back and compared' "$out"
expect 6 "--read-back fails on other bytes" \
    traced "pread64:poke_exit=@arg2=ffffffff:when=9" export \
    --unsigned --verify-after -o "$work/liar.tar" "$image"
check "the message names the medium" grep -q '^hint: the medium does not store' "$err"
check_equal "no bundle is left" "" "$(ls "$work"/liar.tar* 2>/dev/null)"

# An unsigned file with 8 GiB of zeros: little is read before a signature counts.
must make_key signer
must sealift export -q --key "$work/signer.key" -o "$work/huge.tar" "$image"
if python3 - "$tests/e2e" "$work/huge.tar" >"$work/place" <<'PYTHON'; then
import sys
sys.path.insert(0, sys.argv[1])
import forge
from damage import END, members_of
with open(sys.argv[2], "r+b") as file:
    raw = file.read()
    at, forge.template = len(raw) - len(END), members_of(raw)[0].head
    header = forge.member("blobs/sha256/" + "0" * 64, b"", size=(8 << 30) - 512)
    file.seek(at)
    file.write(header)
    file.seek(raw.index(b"schemaVersion"))
    file.write(b"x")
    file.truncate(at + (9 << 30))
print(at)
PYTHON
    traced_reads() {
        strace -f -o "$work/trace" -e trace=pread64 "$SEALIFT" verify \
            --key "$work/signer.pub" "$@" "$work/huge.tar"
    }
    place=$(cat "$work/place")
    expect 7 "stops early on a bad signature and a file of 9 GiB" traced_reads
    check "the message says where it stopped" grep -q "not examined from byte $place on" "$out"
    check "few bytes were read" awk '/pread64/ { sum += $NF } END { exit sum > 20000000 }' \
        "$work/trace"
    expect 7 "the JSON result has it" traced_reads --json
    check_equal "the JSON result has the damage too" \
        "$place" "$(field "$out" 'd["notExaminedFrom"]')"
else
    skip "stops early on a bad signature and a file of 9 GiB" "there cannot be such a file here"
fi

# On FAT a write behind the end costs the zeros before it.
on_fat() {
    strace -f -o "$work/trace" -e trace=pwrite64,ftruncate,fallocate,fstatfs \
        -e 'inject=fstatfs:poke_exit=@arg2=444d000000000000' "$SEALIFT" "$@"
}
expect 0 "exports to FAT" on_fat export --unsigned -o "$work/fat.tar" "$image"
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$work/fat.tar"
check "it is written sequentially" python3 - "$work/trace" <<'PYTHON'
import re, sys
end = 0
calls = re.findall(r"pwrite64\(\d+, .*, (\d+), (\d+)\) += \d+|(ftruncate|fallocate\(\d+, 0,)",
                   open(sys.argv[1]).read())
for size, offset, early in calls:
    if early or int(offset) != end:
        sys.exit(f"{early} {offset} after {end}")
    end += int(size)
sys.exit(end < 10000000)
PYTHON
expect 137 "killed while it writes to FAT" strace -f -o "$work/trace" -e trace=fstatfs,pwrite64 \
    -e 'inject=fstatfs:poke_exit=@arg2=444d000000000000' -e inject=pwrite64:signal=KILL:when=20 \
    "$SEALIFT" export --jobs 1 --unsigned -o "$work/half.tar" "$image"
expect 0 "the same command resumes" on_fat export --json --unsigned -o "$work/half.tar" "$image"
check "it resumes where it stopped" test "$(field "$out" 'd["reusedBytes"]')" -gt 4000000
expect 0 "the bundle is complete then" sealift verify --insecure-skip-verify "$work/half.tar"
skip "a real FAT volume gives the same bundle" \
    "none is mounted here: made-up answers of statfs stand in for it"

# Large blobs are hashed where the kernel keeps them.
must fill source fleet --images 1 --platforms 1 --layers 1 --layer-bytes 9000000 --shared 0
large=$work/large.tar
must sealift export -q --unsigned -o "$large" "$image"
in_place() {
    ASAN_OPTIONS=$ASAN_OPTIONS:handle_sigbus=0 strace -f -o "$work/trace" \
        -e trace=madvise,fadvise64,pread64 "$@" "$SEALIFT" verify -v --json \
        --insecure-skip-verify "$large"
}
expect 0 "imports a large blob" in_place
check "it is hashed without a copy" grep -q 'madvise(.*MADV_POPULATE_READ) = 0' "$work/trace"
expect 0 "a medium that fails during hashing is an error" \
    in_place -e inject=fadvise64:signal=BUS:when=2
check "the verification process is killed" grep -q 'killed by SIGBUS' "$work/trace"
check "the message says so" grep -q 'failed while it was read: reading it again' "$err"
expect 8 "reports a file that cannot be read at all" in_place -e inject=madvise:error=EFAULT \
    -e inject=pread64:error=EIO:when=25+
check "the message has an offset" grep -q 'cannot read at byte [1-9].*\(Input/output\|I/O\) error' "$err"

done_testing
