#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# other_files.sh - files that never were a bundle are called what they are, and a bundle that
# another tool packed again is restored by the line in docs/bundle-format.md.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need python3

must start_registry source
must fill source shapes
must make_key signer ecdsa
references source index >"$work/list"
name=$(head -n 1 "$work/list")
bundle=$work/images.tar
must sealift export -q --no-referrers -o "$bundle" --key "$work/signer.key" -f "$work/list"
mkdir "$work/tree"
must tar -xf "$bundle" -C "$work/tree"

# called WHAT FILE [HINT]: every command that reads bundles names the kind of file
# and does not scan for damage.
called() {
    for command in verify inspect "sign --key $work/signer.key" payload digest; do
        # shellcheck disable=SC2086
        expect 6 "${command%% *} of $1" sealift $command "$2"
        check "the message names the kind of file" grep -qF -- "$1" "$err"
        check_not "the message does not mention damage" \
            grep -qiE 'damage|incomplete|copy it again' "$err"
    done
    expect 6 "import of $1" sealift import --key "$work/signer.pub" "$2" localhost:1
    check "the message names the kind of file" grep -qF -- "$1" "$err"
    expect 6 "verify --json of $1" sealift verify --json --key "$work/signer.pub" "$2"
    check_equal "the result has the reason" format "$(field "$out" 'd["error"]["reason"]')"
    [ $# -lt 3 ] || check "a hint has $3" grep -q -- "^hint: .*$3" "$err"
}
sealift() {
    case $1 in
    verify) [ "$2" = --json ] || set -- verify --key "$work/signer.pub" "$2" ;;
    esac
    "$SEALIFT" "$@"
}

printf 'abc\n' >"$work/text"
called 'a text file' "$work/text"
called 'a list of references' "$work/list" 'sealift export --from'
: >"$work/empty"
expect 6 "verify refuses an empty file" sealift verify "$work/empty"
check "the message names the kind of file" grep -q 'an empty file, not a sealift bundle' "$err"
check "a hint says what to do" grep -q '^hint: copy the bundle again' "$err"
called 'a PEM file (PUBLIC KEY)' "$work/signer.pub" 'sealift trust add'
base64 "$bundle" >"$work/images.b64"
called 'text in base64' "$work/images.b64" 'base64 -d'
gzip -k "$bundle"
called 'a compressed file (gzip)' "$bundle.gz" 'decompress'
called 'a signature (sigstore bundle)' "$(find "$work/tree/signatures" -name '*.sigstore.json')" \
    '--signature FILE'
python3 - "$bundle" "$work/images.zip" <<'PYTHON'
import sys, zipfile
zipfile.ZipFile(sys.argv[2], "w").write(sys.argv[1], "images.tar")
PYTHON
called 'an archive (zip)' "$work/images.zip" 'extract'
tar -cf "$work/outer.tar" -C "$work" images.tar
called "a tar archive that begins with 'images.tar'" "$work/outer.tar" 'extract'
if command -v skopeo >/dev/null 2>&1; then
    skopeo --insecure-policy copy -q "oci-archive:$bundle:$name" "oci-archive:$work/o.tar:x:1"
    called 'an OCI archive' "$work/o.tar" 'sealift export'
    skopeo --insecure-policy copy -q "oci-archive:$bundle:$name" "docker-archive:$work/d.tar:x:1"
    called 'an archive of docker save' "$work/d.tar" 'sealift export'
else
    skip "names archives of skopeo" "skopeo is not installed"
fi

# --- packed again ----------------------------------------------------------------------------

(cd "$work/tree" && tar -cf "$work/gnu.tar" .)
called 'that was repacked by another tool: its index.json and list of files are unchanged' \
    "$work/gnu.tar" 'Packed again'
python3 - "$work/tree" "$work/pax.tar" <<'PYTHON'
import os, sys, tarfile
with tarfile.open(sys.argv[2], "w", format=tarfile.PAX_FORMAT) as tar:
    tar.add(sys.argv[1], "images")
PYTHON
called 'that was repacked by another tool: its index.json and list of files are unchanged' \
    "$work/pax.tar" 'Packed again'
cp -r "$work/tree" "$work/changed"
echo >>"$work/changed/SHA256SUMS"
(cd "$work/changed" && tar -cf "$work/changed.tar" .)
called 'its list of files does not match its index.json' "$work/changed.tar"

# The lines as they are documented.
restore() {
    sed -n '/^## Packed again/,/^## Versions/{/^```sh/,/^```$/{/^```/!p}}' \
        "$abs_top_srcdir/docs/bundle-format.md" >"$work/restore.sh"
    rm -rf "$work/again" "$work/restored.tar"
    mkdir "$work/again"
    tar -xf "$1" -C "$work/again" && (cd "$work/again" && sh -e "$work/restore.sh")
}
if command -v bsdtar >/dev/null 2>&1; then
    expect 0 "the documented lines run" restore "$work/gnu.tar"
    expect 0 "they give the exact bytes" cmp "$bundle" "$work/restored.tar"
    (cd "$work/tree" && bsdtar -cf "$work/bsd.tar" ./*)
    called 'that was repacked by another tool' "$work/bsd.tar" 'Packed again'
    must sealift export -q -o "$work/u.tar" --unsigned -f "$work/list"
    must restore "$work/u.tar"
    expect 0 "an unsigned bundle is restored too" cmp "$work/u.tar" "$work/restored.tar"
else
    skip "the documented lines exist" "bsdtar is not installed"
fi

# --- zeros behind -----------------------------------------------------------------------------

# What the hint says makes a good bundle of it: of one file, and of the last volume.
hinted_size() {
    sed -n 's/^hint: .*truncate -s \([0-9]*\) .*/\1/p' "$err"
}
cp "$bundle" "$work/long.tar"
truncate -s +70000 "$work/long.tar"
expect 6 "refuses more than 64 KiB of trailing zeros" sealift verify "$work/long.tar"
expect 0 "a hint says how to remove them" truncate -s "$(hinted_size)" "$work/long.tar"
expect 0 "the hinted command restores the bundle" cmp "$bundle" "$work/long.tar"
truncate -s +70000 "$work/long.tar"
printf x >>"$work/long.tar"
expect 6 "refuses other trailing bytes" sealift verify "$work/long.tar"
check_not "no such hint is shown for them" grep -q truncate "$err"
split -b 100K -d -a 3 --numeric-suffixes=1 "$bundle" "$work/set."
last=$(find "$work" -name 'set.*' | sort | tail -n 1)
cp "$last" "$work/last"
truncate -s +70000 "$last"
expect 6 "refuses zeros after the last volume" sealift verify "$work/set.001"
expect 0 "a hint says how to remove them" truncate -s "$(hinted_size)" "$last"
expect 0 "the hinted command restores the volume" cmp "$work/last" "$last"

done_testing
