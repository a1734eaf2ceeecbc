#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh - build sealift as one static file that needs nothing of its host.
#
#   build.sh [--arch amd64|arm64] [--sources DIR] [--work DIR] [--output DIR]
#
#   --sources DIR   take the sources of the libraries from DIR, and whatever is missing there
#                   from Debian; with all of sources.txt there no network is used
#   --work DIR      build there and keep it (default: a temporary folder)
#   --output DIR    where the archive goes (default: the current folder)
#
# Makes sealift-VERSION-linux-ARCH.tar.xz and prints its SHA-256.  The same sources and
# compiler give the same bytes in any folder, on any day: SOURCE_DATE_EPOCH (default: the
# last commit, or when the newest file of an unpacked release was changed) is the date of
# everything in it.
# Needs, of Debian 12: gcc make pkg-config autoconf automake libtool patch perl xz-utils bzip2
# scdoc linux-libc-dev; for arm64 gcc-aarch64-linux-gnu and linux-libc-dev-arm64-cross.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
arch=amd64 sources='' work='' output=$PWD
most_bytes=6291456 # of the stripped program

usage() {
    sed -n '4,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
    --arch) arch=$2 ;;
    --sources) sources=$(cd "$2" && pwd) ;;
    --work) mkdir -p "$2" && work=$(cd "$2" && pwd) ;;
    --output) mkdir -p "$2" && output=$(cd "$2" && pwd) ;;
    *) usage ;;
    esac
    shift 2
done
case $arch in
amd64) machine=x86_64 openssl_target=linux-x86_64 ;;
arm64) machine=aarch64 openssl_target=linux-aarch64 ;;
*) usage ;;
esac
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
root=$work/root host=$machine-linux-musl jobs=$(nproc)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null ||
    find "$top" -type f -printf '%T@\n' | sort -n | tail -1 | cut -d. -f1)}
LC_ALL=C TZ=UTC
export SOURCE_DATE_EPOCH LC_ALL TZ
umask 022

# shellcheck source=SCRIPTDIR/libraries.sh
. "$here/libraries.sh"

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

# step NAME COMMAND...: run it, and show what it printed only when it fails.
step() {
    name=$1
    shift
    printf '%-24s ' "$name"
    start=$(date +%s)
    # In the background, because in a condition set -e would be off.
    "$@" >"$work/$name.log" 2>&1 &
    if ! wait $!; then
        echo FAILED
        tail -n 30 "$work/$name.log" >&2
        fail "$name failed: $work/$name.log"
    fi
    echo "$(($(date +%s) - start)) s"
}

# pinned: the lines of sources.txt: PACKAGE VERSION FILE SHA256
pinned() {
    grep -v '^#' "$here/sources.txt"
}

# fetch: the files of sources.txt into $work/sources, each with the pinned digest.
# apt checks Debian's signature; here the digest alone decides.
fetch() {
    mkdir -p "$work/sources" "$work/apt/lists/partial"
    cd "$work/sources"
    pinned | while read -r package version file digest; do
        [ -f "$file" ] || [ -z "$sources" ] || [ ! -f "$sources/$file" ] ||
            cp "$sources/$file" .
        [ -f "$file" ] || download "$package" "$version"
        [ -f "$file" ] || fail "$file is not to be had: neither in --sources nor from Debian"
        echo "$digest  $file" | sha256sum -c --quiet - ||
            fail "$file does not have the SHA-256 that sources.txt pins"
    done
}

download() {
    if [ ! -f "$work/apt/sources.list" ]; then
        for suite in 'debian bookworm' 'debian bookworm-updates' \
            'debian-security bookworm-security'; do
            echo "deb-src http://deb.debian.org/$suite main"
        done >"$work/apt/sources.list"
        private_apt update
    fi
    private_apt source --download-only "$1=$2" || true # a file may be there all the same
}

private_apt() {
    apt-get -q -o Dir::Etc::SourceList="$work/apt/sources.list" -o Dir::Etc::SourceParts=- \
        -o Dir::State::Lists="$work/apt/lists" -o APT::Sandbox::User="$(id -un)" \
        -o Debug::NoLocking=1 "$@"
}

# unpack PACKAGE: into $work/build/PACKAGE, with Debian's fixes applied.
unpack() {
    mkdir -p "$work/build/$1" "$work/build/$1-debian"
    pinned | while read -r package _ file _; do
        [ "$package" = "$1" ] || continue
        case $file in
        *.debian.tar.*) tar -C "$work/build/$1-debian" -xf "$work/sources/$file" ;;
        *) tar -C "$work/build/$1" --strip-components=1 -xf "$work/sources/$file" ;;
        esac
    done
    cd "$work/build/$1"
    series=$work/build/$1-debian/debian/patches/series
    [ -f "$series" ] || return 0
    sed 's/#.*//' "$series" | while read -r each options; do
        [ -n "$each" ] || continue
        # shellcheck disable=SC2086 # options, such as -p1
        patch -s --no-backup-if-mismatch ${options:--p1} \
            <"$work/build/$1-debian/debian/patches/$each" || fail "$each does not apply"
    done
    # Patched files are newer than what autotools made of them.
    find . -type f -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
}

# make_compiler: gcc that knows only musl, and links static programs at any address.
# It has a name without a folder, and flags of its own, so that nothing that a library
# records of its making depends on where that was.
make_compiler() {
    gcc=gcc binutils=
    if [ "$(uname -m)" != "$machine" ]; then
        gcc=$machine-linux-gnu-gcc binutils=$machine-linux-gnu-
    fi
    command -v "$gcc" >/dev/null || fail "$gcc is missing"
    mkdir -p "$work/bin"
    cat >"$work/bin/musl.specs" <<SPECS
%rename cpp_options old_cpp_options

*cpp_options:
-nostdinc -isystem $root/usr/include -isystem include%s %(old_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem $root/usr/include -isystem include%s

*link_libgcc:
-L$root/usr/lib -L .%s

*libgcc:
libgcc.a%s %:if-exists(libgcc_eh.a%s)

*startfile:
$root/usr/lib/rcrt1.o $root/usr/lib/crti.o crtbeginS.o%s

*endfile:
crtendS.o%s $root/usr/lib/crtn.o

*link:
-static -pie --no-dynamic-linker -nostdlib -z text -z relro -z now -z noexecstack -z stack-size=1048576 --gc-sections --build-id=none

SPECS
    cat >"$work/bin/sealift-cc" <<CC
#!/bin/sh
exec $gcc -specs="$work/bin/musl.specs" -ffile-prefix-map="$work"=. "\$@"
CC
    chmod +x "$work/bin/sealift-cc"
    PATH=$work/bin:$PATH CC=sealift-cc AR=${binutils}ar RANLIB=${binutils}ranlib
    STRIP=${binutils}strip
    CFLAGS='-O2 -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong'
    export PATH CC AR RANLIB STRIP CFLAGS
    # pkg-config sees only what was built here.
    PKG_CONFIG='pkg-config --static' PKG_CONFIG_SYSROOT_DIR=$root
    PKG_CONFIG_LIBDIR=$root/usr/lib/pkgconfig
    export PKG_CONFIG PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_LIBDIR
}

# The C library is built by the plain compiler, and then used by make_compiler's.
build_musl() {
    unpack musl
    CC="$gcc -ffile-prefix-map=$work=." CFLAGS='-O2 -fPIE' ./configure --host="$host" \
        --prefix=/usr --syslibdir=/usr/lib --disable-shared CROSS_COMPILE="$binutils"
    make -j"$jobs" && make install DESTDIR="$root"
    # The kernel's headers, which are the host's.
    headers=/usr/include own=/usr/include/$machine-linux-gnu
    [ -z "$binutils" ] || { headers=/usr/$machine-linux-gnu/include own=$headers; }
    [ -d "$headers/linux" ] || fail "$headers/linux is missing: the headers of the kernel"
    cp -rL "$headers/linux" "$headers/asm-generic" "$own/asm" "$root/usr/include/"
}

# build_library PACKAGE
build_library() {
    unpack "$1"
    "build_$(echo "$1" | tr - _)"
}

build_sealift() {
    mkdir -p "$work/sealift"
    tar -C "$top" --exclude=./.git --exclude='./_*' --exclude=autom4te.cache \
        --exclude='*.o' --exclude='*.a' --exclude='*.log' --exclude='*.trs' -cf - . |
        tar -C "$work/sealift" -xf -
    cd "$work/sealift"
    rm -f config.status config.h Makefile
    [ -x configure ] || ./autogen.sh
    mkdir -p build && cd build
    CPPFLAGS="-I$root/usr/include" LDFLAGS="-L$root/usr/lib" \
        ../configure --host="$host" --prefix=/usr --without-cmocka
    make -j"$jobs" && make install DESTDIR="$work/install"
    "$STRIP" --strip-all "$work/install/usr/bin/sealift"
    size=$(stat -c %s "$work/install/usr/bin/sealift")
    [ "$size" -le "$most_bytes" ] || fail "the program has $size bytes, more than $most_bytes"
    if readelf -lW "$work/install/usr/bin/sealift" | grep -q INTERP; then
        fail "the program asks for an interpreter"
    fi
}

# pack: bin, share, licences and checksums, in an order and with dates that never vary.
pack() {
    version=$(sed -n 's/^AC_INIT(\[sealift\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
    name=sealift-$version-linux-$arch
    rm -rf "${work:?}/$name"
    mkdir -p "$work/$name/LICENSES"
    cp -r "$work/install/usr/bin" "$work/install/usr/share" "$work/$name/"
    cp "$top/LICENSE" "$work/$name/LICENSES/sealift"
    cp "$here/sources.txt" "$work/$name/LICENSES/"
    "$here/sbom.sh" "$version" "$arch" >"$work/$name/sealift.cdx.json"
    pinned | cut -d' ' -f1 | uniq | while read -r package; do
        for each in COPYRIGHT COPYING LICENSE.txt LICENSE License; do
            [ ! -f "$work/build/$package/$each" ] || break
        done
        [ "$package" != zlib ] || each=README
        cp "$work/build/$package/$each" "$work/$name/LICENSES/$package"
    done
    cd "$work/$name"
    find . -type f -printf '%P\n' | sort | xargs sha256sum >"$work/SHA256SUMS"
    mv "$work/SHA256SUMS" .
    chmod -R u=rwX,go=rX .
    cd "$work"
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --format=ustar -cf "$name.tar" "$name"
    xz -9 -T1 -c "$name.tar" >"$output/$name.tar.xz"
    (cd "$output" && sha256sum "$name.tar.xz")
}

rm -rf "$root" "$work/build" "$work/install" "$work/sealift"
step sources fetch
make_compiler
step musl build_musl
for library in $(pinned | cut -d' ' -f1 | uniq); do
    [ "$library" = musl ] || step "$library" build_library "$library"
done
step sealift build_sealift
pack
