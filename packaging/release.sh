#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# release.sh - everything that a release consists of, signed.
#
#   release.sh TARBALL DIR KEY [SOURCES]
#
#   TARBALL   of the sources, by make dist
#   DIR       a new folder for the files of the release
#   KEY       a private key for sealift sign --file: the static program that was just built signs
#   SOURCES   a folder with the sources of the libraries: no network is used then
#
# DIR gets the tarball, the static program, the packages, the OCI image as an archive, an SBOM in
# CycloneDX form, SHA256SUMS, and a signature beside each file: FILE.sigstore.json.  Check one with
#
#   sealift verify --key team.pub --file FILE --signature FILE.sigstore.json
set -eu

[ $# -ge 3 ] || { sed -n '3,16s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
tarball=$1 dir=$2 key=$3
sources=${4:-}
name=$(basename "$tarball" .tar.xz) # sealift-VERSION
[ ! -e "$dir" ] || { echo "release.sh: $dir exists" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
cp "$tarball" "$dir/"
# From the tarball, as whoever downloads it would.
tar -C "$work" -xf "$tarball"
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git -C "$here" log -1 --format=%ct 2>/dev/null ||
        stat -c %Y "$work/$name/configure.ac")
    export SOURCE_DATE_EPOCH
fi
packaging=$work/$name/packaging
"$packaging/static/build.sh" --work "$work/static" --output "$dir" ${sources:+--sources "$sources"}
program=$work/static/install/usr/bin/sealift
"$packaging/static/sbom.sh" "${name#sealift-}" amd64 >"$dir/$name-linux-amd64.cdx.json"
"$packaging/image/build.sh" "$work/image" amd64="$program"
"$program" copy -q "oci:$work/image:sealift" --name "sealift.local/sealift:${name#sealift-}" \
    "oci-archive:$dir/$name-image.tar"
"$packaging/debian/build.sh" "$tarball" "$work/deb"
cp "$work/deb"/sealift_*.deb "$dir/"
if command -v rpmbuild >/dev/null; then
    mkdir -p "$work/rpm/SOURCES"
    cp "$tarball" "$work/rpm/SOURCES/"
    # shellcheck disable=SC2086 # options
    rpmbuild --quiet ${RPMBUILD_FLAGS:-} --define "_topdir $work/rpm" -ba "$packaging/sealift.spec"
    find "$work/rpm" -name 'sealift-[0-9]*.rpm' -exec cp {} "$dir/" \;
else
    echo "release.sh: without rpmbuild there is no .rpm" >&2
fi
(
    cd "$dir"
    find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >"$work/SHA256SUMS"
    mv "$work/SHA256SUMS" .
    for each in *; do
        "$program" sign -q --key "$key" --file "$each" --sig-out "$each.sigstore.json"
    done
)
ls -l "$dir"
