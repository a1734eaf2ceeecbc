#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh - an OCI image with nothing but the static program and CA certificates.
#
#   build.sh DIR ARCH=PROGRAM...      such as amd64=static-build/install/usr/bin/sealift
#
# DIR becomes an OCI image layout, with an index of one image an architecture. Push it with
#
#   sealift copy --as REGISTRY/NAME:TAG oci:DIR:sealift
#
# The same programs and SOURCE_DATE_EPOCH give the same digests.
set -eu

[ $# -ge 2 ] || { sed -n '3,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
dir=$1
shift
top=$(cd "$(dirname "$0")/../.." && pwd)
version=$(sed -n 's/^AC_INIT(\[sealift\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
authorities=${CA_FILE:-/etc/ssl/certs/ca-certificates.crt}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || echo 0)}
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 022

digest_of() {
    sha256sum <"$1" | cut -d' ' -f1
}

# keep FILE: as a blob; prints its digest and size as members of a descriptor.
keep() {
    digest=$(digest_of "$1")
    cp "$1" "$dir/blobs/sha256/$digest"
    printf '"digest":"sha256:%s","size":%s' "$digest" "$(stat -c %s "$1")"
}

[ ! -e "$dir" ] || { echo "build.sh: $dir exists" >&2; exit 1; }
mkdir -p "$dir/blobs/sha256"
manifests=
for each; do
    arch=${each%%=*} program=${each#*=} root=$work/$arch
    mkdir -p "$root/usr/bin" "$root/etc/ssl/certs" "$root/work"
    install -m 755 "$program" "$root/usr/bin/sealift"
    install -m 644 "$authorities" "$root/etc/ssl/certs/ca-certificates.crt"
    echo 'sealift:x:65532:65532::/work:/usr/bin/sealift' >"$root/etc/passwd"
    mkdir -m 1777 "$root/tmp"
    tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar \
        --mtime="@$SOURCE_DATE_EPOCH" -cf "$work/layer.tar" etc tmp usr
    # The folder to work in is the user's.
    tar -C "$root" --owner=65532 --group=65532 --numeric-owner --format=ustar \
        --mtime="@$SOURCE_DATE_EPOCH" -rf "$work/layer.tar" work
    diff_id=$(digest_of "$work/layer.tar")
    gzip -n -9 -f "$work/layer.tar"
    cat >"$work/config" <<CONFIG
{"created":"$created","architecture":"$arch","os":"linux","config":{"User":"65532:65532","Entrypoint":["/usr/bin/sealift"],"Env":["PATH=/usr/bin","HOME=/work"],"WorkingDir":"/work","Labels":{"org.opencontainers.image.title":"sealift","org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"Apache-2.0"}},"rootfs":{"type":"layers","diff_ids":["sha256:$diff_id"]},"history":[{"created":"$created","created_by":"packaging/image/build.sh"}]}
CONFIG
    cat >"$work/manifest" <<MANIFEST
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",$(keep "$work/config")},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",$(keep "$work/layer.tar.gz")}]}
MANIFEST
    manifests="$manifests${manifests:+,}{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$(keep \
        "$work/manifest"),\"platform\":{\"architecture\":\"$arch\",\"os\":\"linux\"}}"
done
cat >"$work/index" <<INDEX
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[$manifests],"annotations":{"org.opencontainers.image.title":"sealift","org.opencontainers.image.version":"$version"}}
INDEX
printf '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
cat >"$dir/index.json" <<INDEX
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",$(keep "$work/index"),"annotations":{"org.opencontainers.image.ref.name":"sealift"}}]}
INDEX
echo "$dir:sealift sha256:$(digest_of "$work/index")"
