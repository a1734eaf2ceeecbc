#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# limits.sh - full disks, bounds on files, memory and descriptors, folders that are read-only
# or vanish: an error that says so, nothing under the final name, and the next run succeeds.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source fleet --images 1 --platforms 2 --layers 2 --layer-bytes 1500000 --shared 1
name=$(address_of source)/fleet/image000:v1
must sealift export -q --unsigned -o "$work/whole.tar" "$name"
size=$(wc -c <"$work/whole.tar")

export_to() {
    sealift export -q --unsigned -o "$1" "$name"
}

# leaves_nothing FOLDER: except what the next run can resume.
leaves_nothing() {
    check_equal "nothing has the final name" "" \
        "$(find "$1" ! -name '*.partial' ! -path "$1" 2>/dev/null)"
}

# then_works FOLDER
then_works() {
    expect 0 "the same command succeeds afterwards" export_to "$1/b.tar"
    expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$1/b.tar"
    check_equal "no other file is left" b.tar "$(ls -A "$1")"
}

# ---- how large a file may become ----
mkdir "$work/bound"
bounded() (
    # In blocks of 512 bytes.
    ulimit -f $((size / 1024))
    export_to "$1"
)
expect 8 "reports a limit on file size" bounded "$work/bound/b.tar"
check "the message names the limit" grep -qi 'file too large' "$err"
leaves_nothing "$work/bound"
then_works "$work/bound"

# ---- descriptors and memory ----
# shellcheck disable=SC3045 # dash and bash both have them
few_descriptors() (
    ulimit -n 64
    "$@"
)
# shellcheck disable=SC3045
little_memory() (
    ulimit -v $((512 * 1024))
    "$@"
)
mkdir "$work/few"
for bound in few_descriptors little_memory; do
    if [ "$bound" = little_memory ] && nm "$SEALIFT" 2>/dev/null |
        grep -q __asan_init; then
        skip "512 MiB of address space" "the address sanitizer needs more"
        continue
    fi
    expect 0 "$bound: export succeeds" $bound export_to "$work/few/b.tar"
    expect 0 "$bound: verify succeeds" \
        $bound sealift verify --insecure-skip-verify "$work/few/b.tar"
    expect 0 "$bound: import succeeds" $bound sealift import --insecure-skip-verify \
        "$work/few/b.tar" "$(address_of target)/$bound"
    rm "$work/few/b.tar"
done

# ---- folders ----
mkdir "$work/gone"
expect 8 "reports a folder that is removed meanwhile" sh -c '
    "$1" export -q --unsigned --limit-rate 2M -o "$2/b.tar" "$3" &
    until [ -e "$2/b.tar.partial" ]; do sleep 0.05; done
    rm -r "$2"
    wait $!' sh "$SEALIFT" "$work/gone" "$name"
check "the folder is not created again" test ! -e "$work/gone"

# In a file system of our own, of a given size; needs to be root, or user namespaces.
in_tmpfs() {
    unshare --map-root-user --mount sh -c 'mount -t tmpfs -o "$1" none "$2" && shift 2 && "$@"' \
        sh "$@"
}
mkdir "$work/mount"
if in_tmpfs size=1m "$work/mount" true 2>/dev/null; then
    expect 8 "reports a file system that is too small" in_tmpfs size=2m "$work/mount" \
        "$SEALIFT" export -q --unsigned -o "$work/mount/b.tar" "$name"
    check "the message has the free space" grep -q 'free' "$err"
    # Enough when the export begins, not when it ends: another program fills it.
    expect 8 "reports a file system that fills up" in_tmpfs size=$((size * 2)) "$work/mount" sh -c '
        "$1" export -q --unsigned --limit-rate 2M -o "$2/b.tar" "$3" &
        until [ -e "$2/b.tar.partial" ]; do sleep 0.05; done
        head -c 100000000 /dev/zero >"$2/other" 2>"$2/said"
        wait $!
        status=$?
        [ ! -e "$2/b.tar" ] || exit 99
        rm "$2/other" "$2/said"
        "$1" export -q --unsigned -o "$2/b.tar" "$3" || exit 98
        "$1" verify -q --insecure-skip-verify "$2/b.tar" || exit 97
        exit $status' sh "$SEALIFT" "$work/mount" "$name"
    expect 8 "reports a read-only file system" in_tmpfs ro "$work/mount" \
        "$SEALIFT" export -q --unsigned -o "$work/mount/b.tar" "$name"
    check "the message says read-only" grep -qi 'read-only' "$err"
else
    skip "file systems that are small, fill up or are read-only" "not allowed to mount one"
fi

done_testing
