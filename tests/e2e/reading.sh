#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# reading.sh - tar, bsdtar, python and skopeo read from a bundle what sealift verified:
# in every bundle that sealift writes, and in every one that it accepts.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
! grep -qa __asan_init "$SEALIFT" ||
    skip_all "other tools read here; their input is the same from a plain build"
need tar
for reader in bsdtar skopeo; do
    command -v "$reader" >/dev/null 2>&1 || skip "$reader agrees" "$reader is not installed"
done

must start_registry source
must fill source shapes
references source >"$work/list"
source=$(address_of source)
mkdir "$work/bundles" "$work/mutations"
for key in one two three; do
    must make_key "$key" ecdsa
done

# export_as NAME OPTION...
export_as() {
    exported=$work/bundles/$1.tar
    shift
    must sealift export -q -o "$exported" "$@"
}

# ---- what sealift writes ----
export_as all --unsigned -f "$work/list"
export_as signed --key "$work/one.key" -f "$work/list"
cp "$work/bundles/signed.tar" "$work/bundles/thrice.tar"
must sealift sign -q --key "$work/two.key" "$work/bundles/thrice.tar"
must sealift sign -q --key "$work/three.key" "$work/bundles/thrice.tar"
export_as omitted --unsigned --platform linux/amd64 "$source/team/web:1.4"
export_as referrers --key "$work/one.key" "$source/team/web:1.4"
for shape in $(python3 "$tests/registry/images.py" list | cut -d ' ' -f 1); do
    references source "$shape" >"$work/some"
    SOURCE_DATE_EPOCH=1767225600
    export SOURCE_DATE_EPOCH
    export_as "$shape" --unsigned -f "$work/some"
    unset SOURCE_DATE_EPOCH
done
must fill source fleet --images 1 --platforms 2 --layers 2 --layer-bytes 700000 --shared 0
must sealift export -q --unsigned --volume-size 1M -o "$work/pieces.tar" "$source/fleet/image000:v1"
check "one bundle is in volumes" test -f "$work/pieces.tar.003"
cat "$work/pieces.tar".[0-9]* >"$work/bundles/joined.tar"

check_equal "$(find "$work/bundles" -type f | wc -l) bundles of sealift, and all see the same in them" "" \
    "$(python3 "$tests/e2e/tar_readers.py" "$SEALIFT" "$work/bundles"/*.tar 2>&1)"

# A verifier that accepts another archive is detected.
cat >"$work/credulous" <<CREDULOUS
#!/bin/sh
exec "$SEALIFT" verify -q --json --insecure-skip-verify "$work/bundles/artifact.tar"
CREDULOUS
chmod +x "$work/credulous"
cp "$work/bundles/artifact.tar" "$work/other.tar"
must tar -Af "$work/other.tar" "$work/bundles/chart.tar"
python3 "$tests/e2e/tar_readers.py" "$work/credulous" "$work/other.tar" >"$work/told" 2>&1
for reader in format tar bsdtar python skopeo; do
    case $reader in bsdtar | skopeo) command -v $reader >/dev/null 2>&1 || continue ;; esac
    check "$reader detects another bundle" grep -q "^other.tar: $reader: " "$work/told"
done

check_equal "all readers see the same size of a layer beyond 8 GiB" "" \
    "$(python3 "$tests/e2e/tar_large.py" "$SEALIFT" "$work" 2>&1)"

# ---- what sealift accepts ----
how_many=some
if [ "${SEALIFT_TESTS:-}" = long ]; then
    how_many=every
    check_equal "all readers see the same bytes of it" "" \
        "$(python3 "$tests/e2e/tar_large.py" "$SEALIFT" "$work" bodies 2>&1)"
fi
export_as small --unsigned "$source/files/notes:any"
python3 "$tests/e2e/tar_mutations.py" "$SEALIFT" "$work/bundles/small.tar" \
    "$work/mutations" "$how_many" >"$work/said" 2>&1
sed -n 's/^counts /# /p' "$work/said"
check "hundreds of mutations were read" grep -qE '^counts [0-9]{3,} mutations' "$work/said"
check_equal "accepted mutations are listed and read alike by all; the rest is refused" \
    "" "$(grep -v '^counts ' "$work/said")"

done_testing
