#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sbom.sh - what is inside the static program, as a CycloneDX 1.5 document on standard output.
#
#   sbom.sh VERSION ARCH
#
# The date is SOURCE_DATE_EPOCH.  Source: CycloneDX 1.5, JSON; purl-spec, type deb.
set -eu

[ $# -eq 2 ] || { sed -n '5p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
version=$1 arch=$2

license_of() {
    case $1 in
    bzip2) echo bzip2-1.0.6 ;;
    curl) echo curl ;;
    jansson | libyaml | musl) echo MIT ;;
    libarchive) echo BSD-2-Clause ;;
    libzstd) echo BSD-3-Clause ;;
    openssl) echo Apache-2.0 ;;
    xz-utils) echo 0BSD ;;
    zlib) echo Zlib ;;
    *)
        echo "sbom.sh: the licence of $1 is not listed" >&2
        return 1
        ;;
    esac
}

printf '{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"timestamp":"%s",' \
    "$(date -u -d "@${SOURCE_DATE_EPOCH:-0}" +%Y-%m-%dT%H:%M:%SZ)"
printf '"component":{"bom-ref":"sealift","type":"application","name":"sealift","version":"%s",' "$version"
printf '"licenses":[{"license":{"id":"Apache-2.0"}}],'
printf '"purl":"pkg:generic/sealift@%s?arch=%s&os=linux"}},"components":[' "$version" "$arch"
separator=
grep -v '^#' "$here/sources.txt" | sort -u -k 1,1 | while read -r package revision _ digest; do
    license=$(license_of "$package")
    upstream=${revision#*:}
    # '+' has a meaning in a purl.
    printf '%s{"bom-ref":"%s","type":"library","name":"%s","version":"%s",' "$separator" "$package" \
        "$package" "${upstream%-*}"
    printf '"licenses":[{"license":{"id":"%s"}}],"hashes":[{"alg":"SHA-256","content":"%s"}],' \
        "$license" "$digest"
    printf '"purl":"pkg:deb/debian/%s@%s?arch=source&distro=bookworm"}' "$package" \
        "$(echo "$upstream" | sed 's/+/%2B/g')"
    separator=,
done
printf '],"dependencies":[{"ref":"sealift","dependsOn":['
grep -v '^#' "$here/sources.txt" | sort -u -k 1,1 | sed 's/ .*//; s/.*/"&"/' | paste -sd, | tr -d '\n'
printf ']}]}\n'
