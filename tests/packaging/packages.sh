#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# packages.sh - the packages for Debian and for Red Hat's family can be built, and are in order.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need dpkg-buildpackage
need dh

tarball=$(find "$abs_top_builddir" -maxdepth 1 -name 'sealift-*.tar.xz' ! -name '*-linux-*' | head -n 1)
if [ -z "$tarball" ]; then
    make -C "$abs_top_builddir" dist >"$work/dist" 2>&1 || { cat "$work/dist"; exit 99; }
    tarball=$(find "$abs_top_builddir" -maxdepth 1 -name 'sealift-*.tar.xz' ! -name '*-linux-*')
fi

expect 0 "a package for Debian is built" "$abs_top_srcdir/packaging/debian/build.sh" "$tarball" "$work/deb"
package=$(find "$work/deb" -name 'sealift_*.deb')
dpkg-deb -x "$package" "$work/root"
for file in bin/sealift share/man/man1/sealift.1.gz share/bash-completion/completions/sealift \
    share/zsh/site-functions/_sealift share/fish/vendor_completions.d/sealift.fish; do
    check "it has $file" test -s "$work/root/usr/$file"
done
expect 0 "the program in it runs" "$work/root/usr/bin/sealift" version
if command -v lintian >/dev/null; then
    lintian --info --display-info --pedantic --allow-root --fail-on error,warning,info,pedantic \
        "$work/deb"/*.changes >"$work/lintian" 2>&1
    check_equal "lintian has no complaints" "" "$(grep '^[EWIP]:' "$work/lintian")"
else
    skip "lintian has no complaints" "lintian is not installed"
fi

if command -v rpmbuild >/dev/null; then
    mkdir -p "$work/rpm/SOURCES" && cp "$tarball" "$work/rpm/SOURCES/"
    expect 0 "a package for Red Hat's family is built" rpmbuild --quiet --nodeps \
        --define "_topdir $work/rpm" -ba "$abs_top_srcdir/packaging/sealift.spec"
    check "it has the program and the manual" sh -c \
        'rpm -qlp "$1"/*/sealift-[0-9]*.rpm | grep -c -e /bin/sealift -e /man1/sealift.1 | grep -qx 2' \
        - "$work/rpm/RPMS"
else
    skip "a package for Red Hat's family is built" "rpmbuild is not installed"
fi

done_testing
