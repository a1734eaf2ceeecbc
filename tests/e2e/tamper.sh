#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tamper.sh - a changed bundle is refused before the registry is contacted.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart --only artifact
must make_key signer
must make_key stranger
references source >"$work/list"
bundle=$work/good.tar
must sealift export -q -o "$bundle" --key "$work/signer.key" -f "$work/list"
must sealift export -q -o "$work/unsigned.tar" --unsigned -f "$work/list"
target=$(address_of target)/mirror
must forget_requests target

try() {
    sealift import --key "$work/signer.pub" "$1" "$target"
}

# refused NAME CODES COMMAND...: with one of the codes, and with a reason a person can read.
refused() {
    name=$1 codes=$2
    shift 2
    "$@" >"$out" 2>"$err" </dev/null
    status=$?
    case ,$codes, in
    *,$status,*) ;;
    *)
        fail "$name" "exit $status, not one of $codes"
        tap_show
        return
        ;;
    esac
    if grep -q '^sealift: import: ' "$err"; then
        pass "$name"
    else
        fail "$name" "refused without a reason"
        tap_show
    fi
}

mkdir "$work/bad"
must python3 "$tests/e2e/damage.py" variants "$bundle" "$work/bad" >"$work/variants"
check "there are damaged bundles" test "$(wc -l <"$work/variants")" -gt 50
number=0
while read -r codes name; do
    # A quick run takes every fifth.
    if ! is_quick || [ $((number % 5)) -eq 0 ]; then
        refused "$name" "$codes" try "$work/bad/$number.tar"
    fi
    number=$((number + 1))
done <"$work/variants"

refused "refuses another key" 7 \
    sealift import --key "$work/stranger.pub" "$bundle" "$target"
refused "refuses an unsigned bundle" 7 try "$work/unsigned.tar"
refused "refuses without a key" 7 sealift import "$bundle" "$target"
check "a hint says what to do" grep -q '^hint: ' "$err"

# Skipping the signature never skips the digests.
flipped=$(grep -n ' one bit in blobs/' "$work/variants" | tail -n 1)
layer=$((${flipped%%:*} - 1))
damaged=${flipped##*/}
refused "refuses a flipped bit when signatures are skipped" 6 \
    sealift import --insecure-skip-verify "$work/bad/$layer.tar" "$target"
check "the message names the damaged object" grep -q "$damaged" "$err"
check "the message has its offset" grep -qE 'from byte [0-9]+' "$err"
check_equal "nothing repeats it" 1 "$(cat "$out" "$err" | grep -c "$damaged")"

check_equal "no request reached the registry" 0 "$(requests target)"

# Wherever the bit is: headers, padding, numbers, the signature, the end.
places=150
is_quick && places=20
check_equal "a flipped bit is detected in $places places" "" \
    "$(python3 "$tests/e2e/damage.py" sweep "$bundle" "$work" "$places" \
        "$SEALIFT" verify -q --key "$work/signer.pub")"

# The proof that refusing is not all it can do.
head -c 65536 /dev/zero | cat "$bundle" - >"$work/padded.tar"
expect 0 "accepts zeros after the end" try "$work/padded.tar"
check "the bundle with zeros was imported" same_images source target \
    "mirror/$(address_of source | tr : _)"
expect 0 "imports an unsigned bundle when signatures are skipped" \
    sealift import --insecure-skip-verify "$work/unsigned.tar" "$target"

done_testing
