#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh - a package for Debian out of the tarball of a release.
#
#   build.sh TARBALL DIR     DIR gets sealift_VERSION_ARCH.deb and the source package
#
# Needs the packages build-essential and debhelper, and those of control's Build-Depends.
set -eu

[ $# -eq 2 ] || { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
tarball=$1 out=$2
name=$(basename "$tarball" .tar.xz)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cp "$tarball" "$work/sealift_${name#sealift-}.orig.tar.xz"
tar -C "$work" -xf "$tarball"
cp -r "$here" "$work/$name/debian"
rm "$work/$name/debian/build.sh"
(cd "$work/$name" && dpkg-buildpackage --unsigned-source --unsigned-changes)
mkdir -p "$out"
cp "$work"/sealift*_* "$out/"
ls -l "$out"/sealift_*.deb
