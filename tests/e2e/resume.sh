#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# resume.sh - what came before a kill, and what an older bundle has, is not fetched again.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must fill source fleet --images 2 --platforms 1 --layers 2 --layer-bytes 3000000 --shared 1
one=fleet/image000:v1
two=fleet/image001:v1
mkdir "$work/carrier"
bundle=$work/carrier/images.tar

# The whole, for comparison.
must sealift export --json --unsigned -o "$work/one.tar" "$(address_of source)/$one" >"$work/one.json"
all=$(field "$work/one.json" 'd["fetchedBytes"]')
check "a clean export fetches every layer" test "$all" -gt 6000000
check_equal "it reuses nothing" 0 "$(field "$work/one.json" 'd["reusedBytes"]')"

# killed [SIGNAL]: an export that is stopped when more than half of it is on the disk; the
# wire works again afterwards.
killed() {
    must start_stall source 4500000
    check_equal "killed in the middle" "${2:-killed 9}" "$(python3 "$tests/e2e/halt.py" \
        "${1:-KILL}" "$bundle.partial=3500000" "$SEALIFT" export --unsigned \
        -o "$bundle" "$(stalled_address)/$one" 2>"$err")"
    kill -USR1 "$stall_pid"
}

# again IMAGE...: the same command, or one for more images; what it said is in $out.
again() {
    set -- "$@" ''
    while [ -n "$1" ]; do
        set -- "$@" "$(stalled_address)/$1"
        shift
    done
    shift
    expect 0 "the same command resumes" sealift export --json --unsigned -o "$bundle" "$@"
}

# went_on FETCHED: at most so many bytes were fetched, and the bundle is whole.
went_on() {
    check "nothing is fetched twice" \
        test "$(field "$out" 'd["fetchedBytes"]')" -le "$1"
    check_equal "the result accounts for all bytes" "${2:-$all}" \
        "$(field "$out" 'd["fetchedBytes"] + d["reusedBytes"]')"
    expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$bundle"
    check_equal "no other file is left" images.tar "$(ls -A "$work/carrier")"
    rm -f "$bundle"
}
half=$((all - 3000000))

killed
must forget_requests source
again "$one"
check "the rest is requested by range" grep -q ' 206 ' "$work/registry/source/access.log"
went_on "$half"

killed INT "exit 130"
check "after ^C the message says that the same command resumes" \
    grep -q '^hint: .*run the same command again to resume' "$err"
again "$one"
went_on "$half"

# Bytes on the disk are checked: here a blob and the padding are changed.
killed
python3 - "$bundle.partial" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    middle = next(i for i in range(len(data) // 3, len(data)) if data[i])
    file.seek(middle)
    file.write(bytes([data[middle] ^ 1]))
PYTHON
again "$one"
check "damaged blobs are fetched again" test "$(field "$out" 'd["fetchedBytes"]')" -gt 1000000
went_on "$((all + half))" "$(field "$out" 'd["fetchedBytes"] + d["reusedBytes"]')"

# A plan that changed: the old file is a source, also when it takes two more attempts.
killed
must start_stall source 4500000
check_equal "killed with another plan" "killed 9" "$(python3 "$tests/e2e/halt.py" KILL \
    "$bundle.partial=6000000" "$SEALIFT" export --unsigned -o "$bundle" \
    "$(stalled_address)/$one" "$(stalled_address)/$two" 2>"$err")"
kill -USR1 "$stall_pid"
check "the first attempt is set aside" test -f "$bundle.partial.old"
again "$one" "$two"
went_on "$((half + 3000000))" "$(field "$out" 'd["fetchedBytes"] + d["reusedBytes"]')"

# A file that another process could have open is not resumed.
killed
ln "$bundle.partial" "$work/second-name"
again "$one"
check_equal "a file with a second hard link is not used" 0 "$(field "$out" 'd["reusedBytes"]')"
rm -f "$work/second-name" "$bundle"

# Older bundles.
must sealift export -q --unsigned -o "$work/base.tar" "$(address_of source)/$one"
must forget_requests source
expect 0 "export --reuse succeeds" sealift export --json --unsigned -o "$bundle" \
    --reuse "$work/base.tar" "$(address_of source)/$one" "$(address_of source)/$two"
check "only new objects are fetched" test "$(field "$out" 'd["fetchedBytes"]')" -lt 4000000
check_equal "one layer and one config are fetched" 2 "$(registry_settle source &&
    tail -n "+$(($(cat "$work/registry/source/seen") + 1))" "$work/registry/source/access.log" |
    grep -c 'GET /v2/.*/blobs/')"
expect 0 "the new bundle is complete" sealift verify --insecure-skip-verify "$bundle"

cp "$bundle" "$work/bad.tar"
python3 - "$work/bad.tar" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(2000000)
    byte = file.read(1)
    file.seek(2000000)
    file.write(bytes([byte[0] ^ 1]))
PYTHON
expect 0 "a damaged older bundle can be reused" \
    sealift export --json --unsigned --force -o "$bundle" \
    --reuse "$work/bad.tar" --reuse "$work/one.tar" "$(address_of source)/$two"
expect 0 "the new bundle is not damaged" sealift verify --insecure-skip-verify "$bundle"

expect 0 "the bundle that is replaced can be reused" sealift export --json --unsigned \
    --force -o "$bundle" --reuse "$bundle" "$(address_of source)/$two"
check_equal "nothing is fetched then" 0 "$(field "$out" 'd["fetchedBytes"]')"
expect 0 "the replaced bundle is complete" sealift verify --insecure-skip-verify "$bundle"
expect 9 "fails on an older bundle that does not exist" \
    sealift export --unsigned --force -o "$bundle" \
    --reuse "$work/none.tar" "$(address_of source)/$two"
expect 6 "fails on an older file that is not a bundle" \
    sealift export --unsigned --force -o "$bundle" \
    --reuse "$work/one.json" "$(address_of source)/$two"
check "the message names the file" grep -q 'one.json' "$err"

done_testing
