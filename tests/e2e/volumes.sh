#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# volumes.sh - a bundle in pieces: written so, read so, and the bad piece named.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must fill source fleet --images 1 --platforms 1 --layers 2 --layer-bytes 2000000 --shared 0
must make_key signer
image=$(address_of source)/fleet/image000:v1
SOURCE_DATE_EPOCH=1767225600
export SOURCE_DATE_EPOCH
must sealift export -q --key "$work/signer.key" -o "$work/whole.tar" "$image"
mkdir "$work/set"
base=$work/set/images.tar

in_volumes() {
    in_volumes_of 1M "$@"
}
in_volumes_of() {
    volume_size=$1
    shift
    sealift export --key "$work/signer.key" --volume-size "$volume_size" -o "$base" "$@" "$image"
}
expect 0 "export --volume-size succeeds" in_volumes --json
check_equal "it writes four volumes" 4 "$(field "$out" 'd["volumes"]')"
check_equal "no other file is written" \
    "images.tar.001 images.tar.002 images.tar.003 images.tar.004" \
    "$(find "$work/set" -type f -printf '%f\n' | sort | xargs)"
cat "$base".[0-9]* >"$work/joined.tar"
check "the joined volumes are the bundle" cmp "$work/joined.tar" "$work/whole.tar"
expect 12 "refuses to replace volumes" in_volumes
expect 0 "--force replaces them" in_volumes --force
expect 0 "the volumes are the same then" sealift verify --key "$work/signer.pub" "$base.001"

verify() {
    sealift verify --key "$work/signer.pub" "$@"
}
expect 0 "one volume is enough as operand" verify "$base.003"
expect 0 "the name without a suffix is enough" verify "$base"
expect 0 "all volumes in any order are accepted" \
    verify "$base.004" "$base.002" "$base.003" "$base.001"
expect 0 "inspect accepts volumes" sealift inspect "$base.001"
check "inspect shows the image" grep -q 'fleet/image000:v1' "$out"

# Volumes of an older, larger set would make this one wrong.
stray() {
    rm -f "$base".*
    echo "foreign" >"$base.006"
    echo "foreign" >"$base.0012"
}
stray
expect 12 "refuses other volumes beyond the last" in_volumes --json
check "the message names them" grep -q "'$base.006', '$base.0012' exist" "$err"
check "a hint says what to do" grep -q '^hint: .*--force' "$err"
check_equal "the result has the kind" conflict "$(field "$out" 'd["error"]["kind"]')"
check_equal "no file is written or removed" "images.tar.0012 images.tar.006" \
    "$(find "$work/set" -type f -printf '%f\n' | sort | xargs)"
expect 12 "a dry run refuses them too" in_volumes --dry-run
expect 0 "--force succeeds" in_volumes --json --force
check_equal "they are removed and listed" "$base.006 $base.0012" \
    "$(field "$out" '" ".join(d["removed"])')"
check_equal "no other file is removed" \
    "images.tar.001 images.tar.002 images.tar.003 images.tar.004" \
    "$(find "$work/set" -type f -printf '%f\n' | sort | xargs)"
stray
expect 0 "--force succeeds without JSON" in_volumes --force
check_equal "each is shown in a line" "removed   $base.006 removed   $base.0012" \
    "$(grep '^removed' "$out" | xargs -d '\n')"
expect 0 "larger volumes replace smaller ones" in_volumes_of 3M --json --force
check_equal "no smaller volume is left" \
    "$base.003 $base.004" "$(field "$out" '" ".join(d["removed"])')"
rm "$base".*
must in_volumes -q

# From volumes to a file, and back: what is left of the other bundle is named.
whole() {
    sealift export --key "$work/signer.key" --force -o "$base" "$@" "$image"
}
expect 0 "warns of a file beside volumes" whole --json
check "a warning names them" grep -q "'$base.001' to '$base.004' (4 files) are still there" "$err"
check_equal "the JSON result has all volumes" "$base.001 $base.002 $base.003 $base.004" \
    "$(field "$out" '" ".join(d["left"])')"
rm "$base".*
expect 0 "warns of volumes beside a file" in_volumes --json --force
check "a warning names it" grep -q "warning: '$base' is still there" "$err"
check_equal "the JSON result has the name" "$base" "$(field "$out" '" ".join(d["left"])')"
rm "$base"
expect 0 "nothing is left" in_volumes --json --force
check_equal "the JSON result has no such member then" False "$(field "$out" '"left" in d')"

# Volumes that split(1) made, under the names it gives them.
split_as() { # PREFIX FIRST OPTION...
    split_prefix=$work/split/$1 split_first=$work/split/$1$2
    shift 2
    rm -rf "$work/split" && mkdir "$work/split"
    must split -b 1M "$@" "$work/whole.tar" "$split_prefix"
    split_all=$(find "$work/split" -type f | sort -r)
    expect 0 "split $* $split_prefix: verifies by the first volume" verify "$split_first"
    expect 0 "verifies by the last volume" verify "$(echo "$split_all" | head -n 1)"
    # shellcheck disable=SC2086
    expect 0 "verifies by all volumes in any order" verify $split_all
    expect 0 "inspect accepts volumes" sealift inspect "$split_first"
}
split_as x aa
split_as images.tar. aa -a 2
expect 0 "verifies by the common name" verify "$work/split/images.tar"
split_as part- aaa -a 3
split_as images.tar. 000 -d -a 3
expect 0 "verifies by the common name" verify "$work/split/images.tar"
cp "$work/whole.tar" "$work/split/images.tar"
split_as x 00 -d
split_as images.tar. 01 --numeric-suffixes=1
expect 2 "refuses a report in the place of a volume" \
    verify --report "$work/split/images.tar.03" "$split_first"
rm "$work/split/images.tar.03"
expect 6 "a piece is missing" verify "$split_first"
check "the message counts volumes from the first" grep -q "volume" "$err"
split_as x aa
must sealift sign --key "$work/signer.key" "$work/split/xab"
mkdir "$work/alone"
cp "$work/whole.tar" "$work/alone/appaa"
cp "$work/whole.tar" "$work/alone/appab"
expect 0 "two whole bundles with such names are no set" verify "$work/alone/appab"

# wrong NAME STATUS MESSAGE HINT COMMAND...: the error says which volume, the hint what to do.
wrong() {
    wrong_name=$1 wrong_status=$2 wrong_message=$3 wrong_hint=$4
    shift 4
    expect "$wrong_status" "$wrong_name" "$@" || return
    check "the message names the fault" grep -qE "$wrong_message" "$err"
    check "a hint says what to do" grep -qE "^hint: $wrong_hint" "$err"
}
spoilt=$work/spoilt/images.tar
spoil() {
    rm -rf "$work/spoilt"
    cp -r "$work/set" "$work/spoilt"
}
spoil && rm "$spoilt.002" "$spoilt.003"
wrong "two missing in the middle" 6 'volumes 2 to 3 are missing' 'put all' verify "$spoilt.001"
spoil && rm "$spoilt.003" "$spoilt.004"
wrong "the last two missing" 6 'volumes 3 to 4 are missing' 'put all' verify "$spoilt.001"
expect 6 "the JSON result has it" verify --json "$spoilt.001"
check_equal "missing volumes are listed" "3 4" \
    "$(field "$out" '"%(firstVolume)d %(lastVolume)d" % d["damage"][-1]')"
spoil && rm "$spoilt".00[234]
wrong "all but the first missing" 6 'volumes 2 to 4 are missing' 'put all' verify "$spoilt"
spoil && rm "$spoilt.001"
wrong "the first missing" 6 'volume 1 is missing' 'put all' verify "$spoilt.002"
wrong "one twice" 2 'duplicate volume 2' 'sealift help' \
    verify "$base.001" "$base.002" "$spoilt.002"
spoil && truncate -s 1000000 "$spoilt.002"
wrong "one cut" 6 'volume 2, .*has 1000000 bytes' 'copy volume 2 again' verify "$spoilt.001"
spoil && truncate -s 1000 "$spoilt.004"
wrong "the last one cut" 6 'volume 4, the last, is missing' 'copy volume 4 again' verify "$spoilt.001"
spoil && cp "$spoilt.002" "$spoilt.003"
wrong "one that is a copy of another" 6 'volumes 2 to 4' 'volumes 2 and 3 contain the same' \
    verify "$spoilt.001"
spoil && python3 - "$spoilt.002" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(500000)
    byte = file.read(1)
    file.seek(500000)
    file.write(bytes([byte[0] ^ 1]))
PYTHON
wrong "damage" 6 'volumes 1 to 2' 'copy volumes 1 to 2 again' verify "$spoilt.001"
spoil && truncate -s -1 "$spoilt.004" && printf X >>"$spoilt.004"
printf X | dd of="$spoilt.001" bs=1 seek=$((36864 + 600)) conv=notrunc 2>/dev/null
wrong "damage at both ends" 6 '2 damaged ranges' 'copy volumes 1, 4 again' \
    verify --json "$spoilt.001"
check_equal "each damage names its volume" "1 1, 4 4" "$(field "$out" \
    '", ".join("%d %d" % (x["firstVolume"], x["lastVolume"]) for x in d["damage"])')"
spoil && head -c 1048576 /dev/zero >"$spoilt.005"
wrong "one too many" 6 'volume' 'copy' verify "$spoilt.001"

# A killed run is resumed in the middle of a volume.
must start_stall source 2500000
rm -f "$base".*
check_equal "killed in the middle" "killed 9" "$(python3 "$tests/e2e/halt.py" KILL \
    "$base.partial.002=700000" "$SEALIFT" export --unsigned --volume-size 1M \
    --jobs 1 -o "$base" "$(stalled_address)/fleet/image000:v1" 2>"$err")"
kill -USR1 "$stall_pid"
expect 0 "the same command completes" sealift export --json --unsigned --volume-size 1M -o "$base" \
    "$(stalled_address)/fleet/image000:v1"
check "it resumes" test "$(field "$out" 'd["reusedBytes"]')" -gt 1000000
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$base"

# Killed between two renames: 003 and 004 have their names, 001 and 002 have not.
mv "$base.001" "$base.partial.001" && mv "$base.002" "$base.partial.002"
expect 0 "killed while volumes were renamed" sealift export --json --unsigned --volume-size 1M \
    -o "$base" "$(stalled_address)/fleet/image000:v1"
check_equal "nothing is fetched again" 0 "$(field "$out" 'd["fetchedBytes"]')"
check_equal "no other file is left" 4 "$(find "$work/set" -type f | wc -l)"

# Unfinished, beside foreign volumes: with another volume size their names would be written.
mv "$base.001" "$base.partial.001"
rm "$base".00[234]
echo "foreign" >"$base.003"
expect 12 "refuses a foreign volume beside an unfinished export" sealift export --unsigned \
    --volume-size 1M -o "$base" "$(stalled_address)/fleet/image000:v1"
check "the foreign volume is still there" grep -q foreign "$base.003"
rm "$base.003"
expect 0 "the same command completes without it" \
    sealift export --unsigned --volume-size 1M -o "$base" \
    "$(stalled_address)/fleet/image000:v1"
expect 0 "an older set is reused" sealift export --json --unsigned \
    --reuse "$base.001" -o "$work/again.tar" "$image"
check_equal "all blobs are reused" 0 "$(field "$out" 'd["fetchedBytes"]')"

must start_registry target
expect 0 "import accepts volumes" sealift import --insecure-skip-verify --strip-host "$base".00? \
    "$(address_of target)/mirror"
check "every image is at the target" same_images source target mirror
for size in 0 1 1000000 3k 1000001 floppy; do
    expect 2 "refuses a volume size of $size" sealift export --unsigned --volume-size "$size" \
        -o "$work/x.tar" "$image"
done

done_testing
