#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# going.sh - import --keep-going against a real registry, and what is remembered of it.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source shapes --only chart --only docker-single
cd "$work" || exit 99
umask 022
must make_key team
must make_key host
chmod 600 team.key host.key
mkdir store
must sealift trust add -q --trust store team.pub </dev/null
references source >list
target=$(address_of target)/mirror
chart=$(references source chart)
single=$(references source docker-single)
home=$(address_of source | tr : _) # of the source below the target's prefix
stored=$work/registry/target/store/docker/registry/v2/repositories/mirror/$home

# bundle FILE STREAM SERIAL REFERENCE...
bundle() {
    file=$1 stream=$2 serial=$3
    shift 3
    sealift export -q -o "$file" --stream "$stream" --serial "$serial" --key team.key "$@"
}
import() {
    sealift import --trust store --retries 0 --receipt host.key --report report "$@" "$target"
}
repository() {
    echo "${1#*/}" | sed 's/:.*//'
}
# A file is where the registry has to create a folder: it fails with 500.
block() {
    mkdir -p "$(dirname "$stored/$(repository "$1")")" && : >"$stored/$(repository "$1")"
}
unblock() {
    rm "$stored/$(repository "$1")"
}
status_of() {
    sealift status --trust store --json >status.json
    field status.json "[s['$2'] for s in d['streams'] if s['stream'] == '$1']"
}

must bundle images.tar prod 2 -f list
must bundle older.tar prod 1 "$chart"
must bundle other.tar dev 1 "$chart"
must block "$chart"

expect 4 "without --keep-going a refusal ends the import" import images.tar
check_equal "no import is recorded" "[]" "$(status_of prod serial)"

expect 10 "with --keep-going one refused image of two gives status 10" \
    import --keep-going images.tar
check "the list names the image and the cause" \
    grep -q "^failed    $target/.*$(repository "$chart"):" "$out"
check "the error has the number of failures" \
    grep -q '^sealift: import: 1 of 2 images could not be pushed$' "$err"
check "a hint says how to continue" grep -q '^hint: .*the same command again' "$err"
check_equal "the result lists the failure" "['failed', 'pushed']" \
    "$(field report 'sorted(i["state"] for i in d["images"])')"
check_equal "only the failed image has a reason" "[False, True]" \
    "$(field report 'sorted("error" in i for i in d["images"])')"
expect 0 "the other image is complete" sealift export -q --unsigned -o back.tar \
    "$target/$home/${single#*/}"

check_equal "the import is recorded" "[2]" "$(status_of prod serial)"
check_equal "the import is recorded as partial" "[True]" "$(status_of prod partial)"
expect 0 "status succeeds" sealift status --trust store
check "status shows the partial import" grep -q 'INCOMPLETE' "$out"
expect 7 "older bundles are refused" import --keep-going older.tar
check "the reason is rollback" grep -q '"reason":"rollback"' report

expect 10 "the same command fails in the same way" import --keep-going images.tar
expect 0 "the receipt verifies" sealift verify-receipt --key host.pub report.receipt.json
check "the receipt lists what is missing" grep -q 'NOT ALL OF THEM PUSHED' "$out"
check_equal "the receipt has each image" "['failed', 'present']" \
    "$(field report.receipt.json 'sorted(i["state"] for i in d["images"])')"

must unblock "$chart"
must forget_requests target
expect 0 "the same command completes once the target accepts" import --keep-going images.tar
check_equal "it pushes the rest" "['present', 'pushed']" \
    "$(field report 'sorted(i["state"] for i in d["images"])')"
check_not "it sends nothing else" sh -c "tail -n +\$((\$(cat '$work/registry/target/seen') + 1)) \
    '$work/registry/target/access.log' | grep -E '\"(POST|PUT|PATCH) ' |
    grep -vE '/$(repository "$chart")/|/sealift/prod/' | grep -q ."
check "every image is at the target" same_images source target "mirror/$home"
check_equal "the import is recorded as complete" "[False]" "$(status_of prod partial)"
expect 0 "the receipt is complete" sealift verify-receipt --key host.pub report.receipt.json
check_not "the receipt lists nothing missing" grep -q 'NOT ALL' "$out"

target=$(address_of target)/else
stored=${stored%/mirror/*}/else/$home
must block "$chart"
expect 10 "when nothing can be pushed the status is 10" import --keep-going other.tar
check "the message says that nothing was pushed" grep -q 'the image could not be pushed' "$err"
check_equal "nothing is recorded" "[]" "$(status_of dev serial)"
check_equal "no receipt is written" "False" "$(field report '"receipt" in d')"

done_testing
