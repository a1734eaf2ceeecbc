#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# incomplete.sh - a bundle that lacks something: made, killed while it is made, changed by
# others, read by other tools, and imported.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source shapes --only index --only docker-single --only chart
must make_key team
must make_key host
cd "$work" || exit 99
umask 022
chmod 600 team.key host.key
mkdir store carrier
must sealift trust add -q --trust store team.pub </dev/null
target=$(address_of target)
index=$(references source index)
single=$(references source docker-single)
chart=$(references source chart)
bundle=$work/carrier/images.tar

# make [OPTION...]: everything, as far as it can be had.
make() {
    SOURCE_DATE_EPOCH=1700000000 sealift export --json --key team.key -o "$bundle" --retries 0 \
        "$@" "$index" "$single" "$chart"
}
# blob_of DIGEST: its bytes in the store of the source.
blob_of() {
    hex=${1#sha256:}
    echo "$work/registry/source/store/docker/registry/v2/blobs/sha256/$(echo "$hex" |
        cut -c 1-2)/$hex/data"
}
# child FOLDER N / part FOLDER DIGEST N: digests out of an unpacked bundle.
child() {
    field "$1/blobs/sha256/$2" "d['manifests'][$3]['digest']"
}
layer() {
    field "$1/blobs/sha256/$2" "d['layers'][-1]['digest']"
}

# ---- two layers are gone: of one platform, and of an image by itself ----

must make >whole.json
mkdir whole
must tar -C whole -xf "$bundle"
must rm "$bundle"
top=$(field whole.json "next(i['digest'] for i in d['images'] if i['name'] == '$index')")
broken=$(child whole "${top#sha256:}" 1)
alone=$(field whole.json "next(i['digest'] for i in d['images'] if i['name'] == '$single')")
for manifest in "$broken" "$alone"; do
    gone=$(layer whole "${manifest#sha256:}")
    must mv "$(blob_of "$gone")" "gone-${gone#sha256:}"
done

expect 10 "without a word an end, with --keep-going all the rest" make --keep-going
check_equal "two things failed" 2 "$(field "$out" "len(d['failures'])")"
check "there is no bundle" test ! -e "$bundle"
check "what came is there" test -e "$bundle.partial"
expect 10 "a bundle of the rest" make --allow-incomplete
cp "$out" less.json
check_equal "nothing was fetched again" 0 "$(field less.json "d['fetchedBytes']")"
check_equal "it says what is missing" "$single ${index%:*}@$broken" \
    "$(field less.json "' '.join(sorted(d['missing'], key=lambda n: '@' in n))")"
check_equal "nothing else is left" images.tar "$(ls -A carrier)"
must cp "$bundle" calm.tar

# ---- killed while what came is copied into the bundle ----

if strace -qq -o /dev/null true 2>/dev/null; then
    for call in pwrite64:60 copy_file_range:1 copy_file_range:3 fsync:1 renameat2:1 unlinkat:1; do
        rm -f carrier/*
        make --keep-going >/dev/null 2>&1 # NAME.partial is there: what follows is the copying
        ASAN_OPTIONS=detect_leaks=0 SOURCE_DATE_EPOCH=1700000000 strace -f -qq -o trace \
            -e "trace=${call%:*}" -e "inject=${call%:*}:signal=KILL:when=${call#*:}" \
            "$abs_top_builddir/sealift" export -q -j1 --key team.key -o "$bundle" --retries 0 \
            --allow-incomplete "$index" "$single" "$chart" 2>/dev/null
        check_equal "killed at $call" 137 "$?"
        if [ "$call" = fsync:1 ]; then
            expect 10 "killed at $call: the next run does not want that file" make --keep-going
            check_equal "killed at $call: and removes it" images.tar.partial "$(ls -A carrier)"
        fi
        if [ ! -e "$bundle" ]; then
            expect 10 "killed at $call: the same command goes on" make --allow-incomplete
            check_equal "killed at $call: nothing is fetched again" 0 \
                "$(field "$out" "d['fetchedBytes']")"
        else
            expect 10 "killed at $call: replaced" make --allow-incomplete --force
        fi
        check "killed at $call: the same bundle" cmp -s "$bundle" calm.tar
        check_equal "killed at $call: nothing else is left" images.tar "$(ls -A carrier)"
    done
else
    skip "killed in the middle" "strace is not allowed to trace here"
fi

# ---- who may change what it says ----

python3 - "$bundle" <<'PYTHON'
import sys

data = open(sys.argv[1], "rb").read()
omitted = data.index(b"#omitted sha256:")
missing = data.index(b'"dev.sealift.missing"')
digest = data.index(b"@sha256:", missing) + 8


def write(name, at, new):
    open(f"changed-{name}.tar", "wb").write(data[:at] + new + data[at + len(new):])


write("line-dropped", omitted, b"#ignored")
write("line-changed", omitted + 16, b"0" * 64)
write("name-changed", digest, b"0" * 64)
write("key-changed", missing, b'"dev.sealift.lacking"')
write("reason-changed", data.index(b'"incomplete"'), b'"platforms,"')
PYTHON
for one in line-dropped line-changed; do
    expect 6 "$one" sealift verify --key team.pub --allow-incomplete "changed-$one.tar"
done
for one in name-changed key-changed reason-changed; do
    expect 7 "$one" sealift verify --key team.pub --allow-incomplete "changed-$one.tar"
done
expect 6 "a name that explains no omission, although nobody signed it" \
    sealift verify --insecure-skip-verify --allow-incomplete changed-name-changed.tar
expect 6 "a key that nobody knows" \
    sealift verify --insecure-skip-verify --allow-incomplete changed-key-changed.tar

# ---- read ----

expect 7 "verify refuses it" sealift verify --json --key team.pub "$bundle"
check_equal "for that reason" incomplete-bundle "$(field "$out" "d['error']['reason']")"
expect 0 "unless it is told to" sealift verify --key team.pub --allow-incomplete "$bundle"
check "and says so" grep -q 'OK: .* INCOMPLETE' "$out"
check "and what" grep -q "^missing   $single\$" "$out"
expect 0 "inspect" sealift inspect "$bundle"
check "shows the platform" grep -q 'MISSING$' "$out"
if command -v skopeo >/dev/null; then
    expect 0 "skopeo reads what is there" \
        skopeo --override-os linux --override-arch amd64 inspect "oci-archive:$bundle:$index"
    expect 0 "and copies it" skopeo --override-os linux --override-arch amd64 copy -q \
        "oci-archive:$bundle:$index" "oci:$work/copied:1"
fi

# ---- imported ----

import() {
    sealift import --trust store --receipt host.key --report report --json "$@" "$target/mirror"
}
must forget_requests target
expect 7 "import refuses it" import "$bundle"
check_equal "before it asks the target anything" 0 "$(requests target)"
must rm "$bundle"
SOURCE_DATE_EPOCH=1700000000 sealift export -q --key team.key -o "$bundle" --retries 0 \
    --allow-incomplete "$single" "$chart" 2>/dev/null
expect 0 "what is there lands" import --allow-incomplete "$bundle"
check_equal "with its tag" "$(basename "${chart%:*}")" \
    "$(field "$out" "d['images'][0]['target'].rsplit('/', 1)[1].split(':')[0]")"
check_equal "the result says what is missing" "$single" "$(field "$out" "' '.join(d['missing'])")"
check_equal "so does the receipt" "$single" "$(field report.receipt.json "' '.join(d['missing'])")"
check_equal "which override was used" incomplete \
    "$(field report.receipt.json "d['overrides'][0]['name']")"
expect 0 "status" sealift status --trust store
check "remembers that" grep -q 'INCOMPLETE' "$out"
# docker-registry takes no index whose children are not all there: the others land all the same.
expect 10 "an index that lacks a child" sealift import --key team.pub --allow-incomplete \
    --keep-going calm.tar "$target/sparse"
check "is refused there" grep -q '^failed .*/web' "$out"

# ---- and completed ----

for hex in gone-*; do
    must cp "$hex" "$(blob_of "sha256:${hex#gone-}")"
done
must rm "$bundle"
expect 0 "with the layers back, only those are fetched" make --reuse calm.tar
check "not what the incomplete bundle has" test "$(field "$out" "d['fetchedBytes']")" -lt \
    "$(field whole.json "d['fetchedBytes']")"
expect 0 "and the bundle is whole" sealift verify --key team.pub "$bundle"

done_testing
