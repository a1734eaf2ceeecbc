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

# make [OPTION...]: everything that can be fetched.
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

expect 10 "by default a failure ends the export, with --keep-going the rest is fetched" \
    make --keep-going
check_equal "two failures are listed" 2 "$(field "$out" "len(d['failures'])")"
check "no bundle is written" test ! -e "$bundle"
check "the fetched objects are kept" test -e "$bundle.partial"
expect 10 "--allow-incomplete writes a bundle of the rest" make --allow-incomplete
cp "$out" less.json
check_equal "nothing was fetched again" 0 "$(field less.json "d['fetchedBytes']")"
check_equal "the result lists what is missing" "$single ${index%:*}@$broken" \
    "$(field less.json "' '.join(sorted(d['missing'], key=lambda n: '@' in n))")"
check_equal "no other file is left" images.tar "$(ls -A carrier)"
must cp "$bundle" calm.tar

# ---- killed while what came is copied into the bundle ----

if strace -qq -o /dev/null true 2>/dev/null; then
    for call in pwrite64:60 copy_file_range:1 copy_file_range:3 fsync:1 renameat2:1 unlinkat:1; do
        rm -f carrier/*
        make --keep-going >/dev/null 2>&1 # NAME.partial is there: what follows is the copying
        ASAN_OPTIONS=detect_leaks=0 SOURCE_DATE_EPOCH=1700000000 strace -f -qq -o trace \
            -e "trace=${call%:*}" -e "inject=${call%:*}:signal=KILL:when=${call#*:}" \
            "$SEALIFT" export -q -j1 --key team.key -o "$bundle" --retries 0 \
            --allow-incomplete "$index" "$single" "$chart" 2>/dev/null
        check_equal "killed at $call" 137 "$?"
        if [ "$call" = fsync:1 ]; then
            expect 10 "killed at $call: the next run cannot use that file" make --keep-going
            check_equal "killed at $call: the next run removes it" \
                images.tar.partial "$(ls -A carrier)"
        fi
        if [ ! -e "$bundle" ]; then
            expect 10 "killed at $call: the same command resumes" make --allow-incomplete
            check_equal "killed at $call: nothing is fetched again" 0 \
                "$(field "$out" "d['fetchedBytes']")"
        else
            expect 10 "killed at $call: the incomplete bundle is replaced" \
                make --allow-incomplete --force
        fi
        check "killed at $call: the bundle is the same" cmp -s "$bundle" calm.tar
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
expect 6 "refuses an unsigned bundle whose name explains no omission" \
    sealift verify --insecure-skip-verify --allow-incomplete changed-name-changed.tar
expect 6 "refuses an unknown key" \
    sealift verify --insecure-skip-verify --allow-incomplete changed-key-changed.tar

# ---- read ----

expect 7 "verify refuses an incomplete bundle" sealift verify --json --key team.pub "$bundle"
check_equal "the reason is incomplete" incomplete-bundle "$(field "$out" "d['error']['reason']")"
expect 0 "verify accepts it with --allow-incomplete" \
    sealift verify --key team.pub --allow-incomplete "$bundle"
check "verify warns that it is incomplete" grep -q 'OK: .* INCOMPLETE' "$out"
check "verify lists what is missing" grep -q "^missing   $single\$" "$out"
expect 0 "inspect succeeds" sealift inspect "$bundle"
check "inspect shows the missing platform" grep -q 'MISSING$' "$out"

# ---- a source ----

# again [OPTION...] SOURCE...: a bundle of bundles.
again() {
    sealift export --json --force --key host.key --source-key team.pub -o again.tar "$@"
}
expect 7 "an incomplete bundle is refused as a source" again "bundle:$bundle"
check "a hint says how to accept it" grep -q "^hint: .*'sealift export --allow-incomplete'" "$err"
expect 0 "on request, it is accepted" again --allow-incomplete "bundle:$bundle"
check_equal "the new bundle lists what is missing" "$single ${index%:*}@$broken" \
    "$(field "$out" "' '.join(sorted(d['missing'], key=lambda n: '@' in n))")"
expect 7 "so it is incomplete, too" sealift verify --key host.pub again.tar
expect 0 "it can be verified" sealift verify --key host.pub --allow-incomplete again.tar
expect 0 "a whole image is taken out of it" again --allow-incomplete "bundle:$bundle:$chart"
expect 0 "which lacks nothing" sealift verify --key host.pub again.tar
expect 0 "the missing platform does not matter when others are selected" \
    again --allow-incomplete --platform linux/amd64 "bundle:$bundle:$index"
expect 0 "then nothing is missing" sealift verify --key host.pub again.tar
expect 0 "copies it to a layout" sealift copy --json --allow-incomplete --source-key team.pub \
    "bundle:$bundle" oci:layout
check_equal "and says what is missing" "$single ${index%:*}@$broken" \
    "$(field "$out" "' '.join(sorted(d['missing'], key=lambda n: '@' in n))")"
expect 0 "copies it to a registry" sealift copy --allow-incomplete --index rebuild \
    --source-key team.pub "bundle:$bundle" "$target/copied"

if command -v skopeo >/dev/null; then
    expect 0 "skopeo reads the images that are present" \
        skopeo --override-os linux --override-arch amd64 inspect "oci-archive:$bundle:$index"
    expect 0 "skopeo copies an image" skopeo --override-os linux --override-arch amd64 copy -q \
        "oci-archive:$bundle:$index" "oci:$work/copied:1"
fi

# ---- imported ----

import() {
    sealift import --trust store --receipt host.key --report report --json "$@" "$target/mirror"
}
must forget_requests target
expect 7 "import refuses it" import "$bundle"
check_equal "no request reached the target" 0 "$(requests target)"
must rm "$bundle"
SOURCE_DATE_EPOCH=1700000000 sealift export -q --key team.key -o "$bundle" --retries 0 \
    --allow-incomplete "$single" "$chart" 2>/dev/null
expect 0 "import --allow-incomplete pushes what is present" import --allow-incomplete "$bundle"
check_equal "its tag is set" "$(basename "${chart%:*}")" \
    "$(field "$out" "d['images'][0]['target'].rsplit('/', 1)[1].split(':')[0]")"
check_equal "the result lists what is missing there" \
    "$single" "$(field "$out" "' '.join(d['missing'])")"
check_equal "the receipt lists it too" \
    "$single" "$(field report.receipt.json "' '.join(d['missing'])")"
check_equal "the receipt records the override" incomplete \
    "$(field report.receipt.json "d['overrides'][0]['name']")"
expect 0 "status succeeds" sealift status --trust store
check "status shows the incomplete import" grep -q 'INCOMPLETE' "$out"
# docker-registry refuses an index with missing children; the other images are pushed.
expect 10 "import of an index with a missing child fails at this registry" \
    sealift import --key team.pub --allow-incomplete \
    --keep-going calm.tar "$target/sparse"
check "the registry's refusal is shown" grep -q '^failed .*/web' "$out"

# ---- and completed ----

for hex in gone-*; do
    must cp "$hex" "$(blob_of "sha256:${hex#gone-}")"
done
must rm "$bundle"
expect 0 "with the layers back, only those are fetched" make --reuse calm.tar
check "nothing of the incomplete bundle is fetched" test "$(field "$out" "d['fetchedBytes']")" -lt \
    "$(field whole.json "d['fetchedBytes']")"
expect 0 "the bundle is complete" sealift verify --key team.pub "$bundle"

done_testing
