#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trust_matrix.sh - everything that may be wrong with a bundle and its signatures: the exit status,
# the reason, a message, and not one request to the registry.  trust_cases.txt has the list.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart --only artifact
for key in signer stranger; do
    must make_key $key ecdsa
done
references source >"$work/list"
must sealift export -q -o "$work/good.tar" --key "$work/signer.key" -f "$work/list"
must sealift export -q -o "$work/other.tar" --key "$work/signer.key" "$(head -n 1 "$work/list")"
must sealift trust add -q --trust "$work/store" "$work/signer.pub" </dev/null
target=$(address_of target)/mirror
mkdir "$work/bad"
python3 "$tests/e2e/forge.py" "$work/good.tar" "$work/other.tar" "$work" "$work/bad" \
    >"$work/cases" || { fail "forge.py"; done_testing; }
check "there are bundles to refuse" test "$(wc -l <"$work/cases")" -gt 50
must forget_requests target

import() {
    sealift import --trust "$work/store" --report "$work/report" "$@" "$target"
}

reason_in() {
    sed -n 's/.*"error":{"kind":"[a-z-]*","reason":"\([a-z-]*\)".*/\1/p' "$1"
}

# refused CODE REASON NAME COMMAND...
refused() {
    code=$1 reason=$2 name=$3
    shift 3
    rm -f "$work/report"
    "$@" >"$out" 2>"$err" </dev/null
    got="$? $(reason_in "$work/report")"
    if [ "$got" = "$code $reason" ] && grep -q '^sealift: import: .*: ' "$err"; then
        pass "$name"
        return
    fi
    fail "$name" "$got, not $code $reason"
    tap_show
}

while read -r number case code reason name; do
    ! is_quick || [ $((number % 4)) -eq 0 ] || continue
    refused "$code" "$reason" "$case: $name" import "$work/bad/$number.tar"
    case $name in
    'signed by a stranger')
        id=$(openssl pkey -in "$work/stranger.key" -pubout -outform DER | sha256sum)
        check "signer-unknown: the message has the key id" grep -q "${id%% *}" "$err"
        check "signer-unknown: a hint has the command that would accept it" \
            grep -q "^hint: .*sealift trust add --trust $work/store " "$err"
        ;;
    'data in the pad') check "padding-not-zero: the message mentions an interruption" grep -q 'interrupted' "$err" ;;
    'a signed image index that is not a bundle')
        check "image-index-not-a-bundle: the message says that it is not a bundle" \
            grep -q 'not a sealift bundle' "$err"
        ;;
    'a new line in a name' | 'an escape in a name')
        check_not "names-and-targets: no escape sequence reaches the terminal" \
            grep -q "$(printf '\033')" "$err"
        ;;
    esac
done <"$work/cases"

refused 7 no-trust "refuses without a store and without a key" \
    sealift import --report "$work/report" "$work/good.tar" "$target"
mkdir "$work/empty"
refused 7 no-trust "refuses with an empty store" \
    sealift import --trust "$work/empty" --report "$work/report" "$work/good.tar" "$target"

check_equal "no request reached the registry" 0 "$(requests target)"

expect 0 "unknown-signature-beside-trusted: verify accepts the bundle" \
    sealift verify --trust "$work/store" "$work/bad/stranger.tar"
check "unknown-signature-beside-trusted: the unknown one is listed as ignored" \
    grep -q '^ignored .*a key that is not trusted' "$out"

# No part of verifying opens a socket.
if can_trace; then
    expect 0 "verify succeeds under strace" strace -f -o "$work/trace" -e trace=network \
        "$SEALIFT" verify -q --trust "$work/store" "$work/good.tar"
    check_not "verify opens no socket" grep -q 'socket(' "$work/trace"
    expect 0 "import succeeds under strace" strace -f -o "$work/trace" -e trace=network \
        "$SEALIFT" import -q --key "$work/signer.pub" "$work/good.tar" "$target"
    check "import opens a socket, so the trace works" grep -q 'socket(' "$work/trace"
else
    skip "verify opens no socket" "strace may not trace here"
fi
unset ASAN_OPTIONS

# Row 33: the file is changed after every byte was checked, before it is sent.
cp "$work/good.tar" "$work/moving.tar"
must forget_requests target
offset=$(python3 -c 'import os, sys
sys.path.insert(0, os.environ["tests"] + "/e2e")
from damage import members_of
at = largest = 0
for member in members_of(open(sys.argv[1], "rb").read()):
    if member.name.startswith("blobs/") and member.size > largest:
        largest, place = member.size, at + 512
    at += len(member.bytes)
print(place)' "$work/moving.tar")
address=$(address_of target)
# change_later: *place* is a target whose first request changes the file.
change_later() {
    cp "$work/good.tar" "$work/moving.tar"
    : >"$work/wire"
    $registry_guard python3 "$tests/e2e/swap.py" "${address##*:}" "$work/moving.tar" "$offset" \
        >"$work/wire" </dev/null &
    registry_pids="$registry_pids $!"
    must wait_for_line "$work/wire"
    place=127.0.0.1:$(cat "$work/wire")/late
}
change_later
expect 6 "file-changes-after-check: import fails" \
    sealift import --trust "$work/store" "$work/moving.tar" "$place"
change_later
expect 6 "file-changes-after-check: copy fails" \
    sealift copy --trust "$work/store" "bundle:$work/moving.tar" "$place"
check "file-changes-after-check: copy names the bundle" \
    grep -qF ": from bundle:$work/moving.tar: its bytes do not match the digest" "$err"
check_equal "file-changes-after-check: no manifest and no tag is pushed" 0 \
    "$(grep -c '"PUT /v2/late/.*/manifests/' "$work/registry/target/access.log")"

expect 0 "imports the bundle that all were made from" import "$work/good.tar"

done_testing
