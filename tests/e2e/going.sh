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
# Where a folder has to be made there is a file: the registry fails with 500.
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

expect 4 "without the option it ends" import images.tar
check_equal "and nothing is remembered" "[]" "$(status_of prod serial)"

expect 10 "one image of two cannot be pushed" import --keep-going images.tar
check "the list names it and why" grep -q "^failed    $target/.*$(repository "$chart"):" "$out"
check "the error says how many" grep -q '^sealift: import: 1 of 2 images could not be pushed$' "$err"
check "and what to do" grep -q '^hint: .*the same command again' "$err"
check_equal "the result has it too" "['failed', 'pushed']" \
    "$(field report 'sorted(i["state"] for i in d["images"])')"
check_equal "with the reason where it failed only" "[False, True]" \
    "$(field report 'sorted("error" in i for i in d["images"])')"
expect 0 "the other one is whole" sealift export -q --unsigned -o back.tar \
    "$target/$home/${single#*/}"

check_equal "it is remembered" "[2]" "$(status_of prod serial)"
check_equal "as one in part" "[True]" "$(status_of prod partial)"
expect 0 "sealift status" sealift status --trust store
check "says so" grep -q 'INCOMPLETE' "$out"
expect 7 "and older bundles stay out" import --keep-going older.tar
check "as a rollback" grep -q '"reason":"rollback"' report

expect 10 "the same once more" import --keep-going images.tar
expect 0 "the receipt holds" sealift verify-receipt --key host.pub report.receipt.json
check "and says what is missing" grep -q 'NOT ALL OF THEM PUSHED' "$out"
check_equal "image by image" "['failed', 'present']" \
    "$(field report.receipt.json 'sorted(i["state"] for i in d["images"])')"

must unblock "$chart"
must forget_requests target
expect 0 "the same command again" import --keep-going images.tar
check_equal "does the rest" "['present', 'pushed']" \
    "$(field report 'sorted(i["state"] for i in d["images"])')"
check_not "and sends nothing else" sh -c "tail -n +\$((\$(cat '$work/registry/target/seen') + 1)) \
    '$work/registry/target/access.log' | grep -E '\"(POST|PUT|PATCH) ' |
    grep -vE '/$(repository "$chart")/|/sealift/prod/' | grep -q ."
check "all is there" same_images source target "mirror/$home"
check_equal "what is remembered is whole" "[False]" "$(status_of prod partial)"
expect 0 "and so is the receipt" sealift verify-receipt --key host.pub report.receipt.json
check_not "which says nothing else" grep -q 'NOT ALL' "$out"

target=$(address_of target)/else
stored=${stored%/mirror/*}/else/$home
must block "$chart"
expect 10 "when nothing gets there" import --keep-going other.tar
check "that is said" grep -q 'the image could not be pushed' "$err"
check_equal "nothing is remembered" "[]" "$(status_of dev serial)"
check_equal "and no receipt is made" "False" "$(field report '"receipt" in d')"

done_testing
