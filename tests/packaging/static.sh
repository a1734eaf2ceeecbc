#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# static.sh - the static program: built twice it is the same, and it needs nothing.
#
# Takes minutes, and either SOURCES, a folder with the sources of packaging/static/sources.txt,
# or Debian's servers.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need apt-get
need readelf
[ "$(uname -m)" = x86_64 ] || skip_all "the static program is built for amd64 here"

# built NAME: in a folder of that name, and at another length of path.
built() {
    "$abs_top_srcdir/packaging/static/build.sh" --work "$work/$1" --output "$work/$1/made" \
        --sources "${SOURCES:-$work}"
}
umask 022
expect 0 "builds" built first
archive=$(basename "$work/first/made"/sealift-*-linux-amd64.tar.xz)
SOURCES=${SOURCES:-$work/first/sources}
umask 077
expect 0 "builds again, in another folder and at another time" env TZ=Asia/Tokyo \
    LC_ALL=C.UTF-8 SOURCES="$SOURCES" sh -c '"$1" --work "$2" --output "$2/made" --sources "$SOURCES"' \
    - "$abs_top_srcdir/packaging/static/build.sh" "$work/second/much/further/down"
umask 022
check "the archives are the same bytes" \
    cmp "$work/first/made/$archive" "$work/second/much/further/down/made/$archive"
mkdir "$work/spoilt" && cp "$SOURCES"/* "$work/spoilt/"
echo >>"$work/spoilt/$(sed -n 's/^jansson [^ ]* \([^ ]*orig[^ ]*\) .*/\1/p' \
    "$abs_top_srcdir/packaging/static/sources.txt")"
expect 1 "refuses a source with another digest" \
    "$abs_top_srcdir/packaging/static/build.sh" --sources "$work/spoilt" --output "$work"
check "the message names it" grep -q 'jansson.*does not have the SHA-256' "$err"

must tar -C "$work" -xf "$work/first/made/$archive"
tree=$work/${archive%.tar.xz}
program=$tree/bin/sealift
check "the checksums inside are right" sh -c 'cd "$1" && sha256sum -c --quiet SHA256SUMS' - "$tree"
check "there are the manual page and completions" \
    test -n "$(find "$tree/share" -name 'sealift.1')" -a -n "$(find "$tree/share" -name '_sealift')"
for library in openssl curl libarchive zlib musl; do
    check "it has the licence of $library" test -s "$tree/LICENSES/$library"
done

readelf -lW "$program" >"$work/headers"
check_not "no interpreter is asked for" grep -q INTERP "$work/headers"
check "it can be loaded anywhere" grep -q 'type is DYN' "$work/headers"
check "relocations become read-only" grep -q GNU_RELRO "$work/headers"
check "the stack is not executable" grep -Eq 'GNU_STACK .* RW +0x' "$work/headers"
check_not "no path of the build is inside" grep -aq "$work" "$program"

# Without a folder for anything: no HOME, no /etc, no /tmp, no /dev.
"$program" version --build --json >"$work/build.json"
check_equal "it lists what is inside" "musl 3.0 False" \
    "$(field "$work/build.json" '" ".join([d["build"]["libc"], d["build"]["openssl"][:3],
        str(d["build"]["pkcs11"])])')"
expect 2 "keys in hardware are refused" \
    "$program" export --key 'pkcs11:object=x' -o "$work/x.tar" localhost:1/a
check "the message says why" grep -q 'static program' "$err"

[ "$(id -u)" -eq 0 ] || {
    skip "runs in an empty folder" "only root can change the root folder"
    done_testing
    exit
}
chroot=$(command -v chroot)
inside() {
    env -i "$chroot" "$work/bare" /sealift "$@"
}
mkdir -p "$work/bare" && cp "$program" "$work/bare/"
expect 0 "runs in an empty folder" inside help
must start_registry private private
must fill private shapes --only chart
host=$(address_of private)
references private | sed -n 1p >"$work/name"
image=$(cat "$work/name")
expect 8 "without CA certificates the error says so" inside list "$image"
check "there is a hint" grep -q '^hint: .*--ca-file' "$err"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$host" \
    "$(printf '%s:over the: gap' "$registry_user" | base64 -w0)" >"$work/bare/auth.json"
for place in etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt \
    etc/ssl/ca-bundle.pem etc/ssl/cert.pem; do
    rm -rf "$work/bare/etc"
    mkdir -p "$work/bare/${place%/*}" && cp "$work/tls/ca.pem" "$work/bare/$place"
    expect 0 "finds the certificates in /$place" inside list --authfile /auth.json "$image"
done
rm -rf "$work/bare/etc"
cp "$work/tls/ca.pem" "$work/bare/own.pem"
expect 0 "or where SSL_CERT_FILE says" env -i SSL_CERT_FILE=/own.pem "$chroot" "$work/bare" \
    /sealift list --authfile /auth.json "$image"
expect 0 "exports" inside export --unsigned --ca-file /own.pem --authfile /auth.json -o /b.tar "$image"
expect 0 "verifies" inside verify --insecure-skip-verify /b.tar
expect 4 "a name that cannot be resolved is a network error" inside list --retries 0 r.invalid/a:1

done_testing
