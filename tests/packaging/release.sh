#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# release.sh - all files of a release, and their signatures.
#
# Takes minutes; SOURCES as for static.sh.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need apt-get
need dpkg-buildpackage
need dh
[ "$(uname -m)" = x86_64 ] || skip_all "the static program is built for amd64 here"

must make_key team ed25519
must make -C "$abs_top_builddir" -s dist
tarball=$(find "$abs_top_builddir" -maxdepth 1 -name 'sealift-*.tar.xz' ! -name '*-linux-*')
expect 0 "makes a release" env RPMBUILD_FLAGS=--nodeps "$abs_top_srcdir/packaging/release.sh" \
    "$tarball" "$work/release" "$work/team.key" ${SOURCES:+"$SOURCES"}
cd "$work/release" || exit 99
expect 0 "the checksums are right" sha256sum -c --quiet --strict SHA256SUMS
for each in *; do
    case $each in *.sigstore.json) continue ;; esac
    expect 0 "$each is signed" sealift verify -q --key "$work/team.pub" --file "$each" \
        --signature "$each.sigstore.json"
done
for kind in .tar.xz -linux-amd64.tar.xz -linux-amd64.cdx.json -image.tar _amd64.deb; do
    check "there is a file *$kind" test -n "$(find . -name "sealift*$kind")"
done
check_equal "the list names every source" \
    "$(grep -v '^#' "$abs_top_srcdir/packaging/static/sources.txt" | cut -d' ' -f1 | sort -u | tr '\n' ' ')" \
    "$(python3 -c 'import json, sys
print(*sorted(c["name"] for c in json.load(open(sys.argv[1]))["components"]), end=" ")' ./*.cdx.json)"
check "the image is one" sealift copy -q "oci-archive:$(echo ./*-image.tar)" "oci:$work/layout"

done_testing
