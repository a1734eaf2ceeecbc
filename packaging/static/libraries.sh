# SPDX-License-Identifier: Apache-2.0
# libraries.sh - how each library is built; for build.sh.
#
# Each function runs in the folder of its sources, with these set:
#   root    where everything is installed: $root/usr/include, $root/usr/lib
#   host    such as x86_64-linux-musl
#   jobs    how many things to build at once
# The compiler is called $CC.  What a program that only moves, hashes and signs bytes never
# asks for is left out: other protocols, formats, and ciphers nobody's certificate has.
# shellcheck shell=sh disable=SC2154

# configured OPTION...: a library that has a configure script, or what one is made from.
configured() {
    [ -x configure ] || autoreconf -fi || return
    ./configure --host="$host" --prefix=/usr --disable-shared --enable-static \
        --disable-dependency-tracking "$@" &&
        make -j"$jobs" && make install DESTDIR="$root"
}

build_zlib() {
    CHOST=$host ./configure --static --prefix=/usr && make -j"$jobs" libz.a &&
        make install DESTDIR="$root"
}

build_bzip2() {
    make -j"$jobs" CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS" libbz2.a &&
        install -D -m 644 libbz2.a "$root/usr/lib/libbz2.a" &&
        install -D -m 644 bzlib.h "$root/usr/include/bzlib.h"
}

build_xz_utils() {
    configured --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo \
        --disable-lzma-links --disable-scripts --disable-doc --disable-nls --disable-encoders
}

build_libzstd() {
    make -C lib -j"$jobs" CC="$CC" AR="$AR" ZSTD_LEGACY_SUPPORT=0 PREFIX=/usr libzstd.a &&
        make -C lib install-static install-includes install-pc CC="$CC" AR="$AR" \
            ZSTD_LEGACY_SUPPORT=0 PREFIX=/usr DESTDIR="$root"
}

build_jansson() {
    configured
}

build_libyaml() {
    configured
}

build_openssl() {
    # no-dso and no-engine: a static program can load nothing, so no PKCS#11.
    ./Configure "$openssl_target" --prefix=/usr --libdir=lib --openssldir=/etc/ssl \
        no-shared no-tests no-dso no-engine no-module no-legacy no-async no-comp no-ssl3 \
        no-tls1 no-tls1_1 no-dtls no-srp no-psk no-idea no-rc2 no-rc4 no-rc5 no-md2 no-md4 \
        no-mdc2 no-whirlpool no-rmd160 no-bf no-cast no-seed no-camellia no-aria no-sm2 \
        no-sm3 no-sm4 no-gost no-ct no-cmp no-ui-console &&
        make -j"$jobs" build_libs && make install_dev DESTDIR="$root"
}

build_curl() {
    configured --with-openssl="$root/usr" --without-ca-bundle --without-ca-path \
        --with-ca-fallback \
        --disable-ldap --disable-ldaps --disable-rtsp --disable-dict --disable-telnet \
        --disable-tftp --disable-pop3 --disable-imap --disable-smb --disable-smtp \
        --disable-gopher --disable-mqtt --disable-ftp --disable-file --disable-manual \
        --disable-ntlm --without-libidn2 --without-libpsl --without-nghttp2 \
        --without-brotli --without-zstd --without-librtmp --without-libssh2 --without-zlib
}

build_libarchive() {
    configured --disable-bsdtar --disable-bsdcat --disable-bsdcpio --disable-acl \
        --disable-xattr --without-xml2 --without-expat --without-nettle --without-openssl \
        --without-lz4 --without-iconv --without-libb2 --without-cng
}
