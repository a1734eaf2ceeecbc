#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# image.sh - the OCI image of the program: made as a layout, and pushed by the program itself.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need skopeo
must start_registry target

made() {
    env SOURCE_DATE_EPOCH=1790000000 CA_FILE="$work/ca.pem" TZ="$2" \
        "$abs_top_srcdir/packaging/image/build.sh" "$work/$1" amd64="$SEALIFT" arm64="$SEALIFT"
}
echo 'a list of authorities' >"$work/ca.pem"
expect 0 "makes a layout" made image UTC
check "it says what it made" grep -q "^$work/image:sealift sha256:[0-9a-f]*\$" "$out"
expect 1 "does not write into a folder that is there" made image UTC
expect 0 "makes it again elsewhere" made again Asia/Tokyo
check "it is the same" diff -r "$work/image" "$work/again"

name=$(address_of target)/tools/sealift:0.1
expect 0 "sealift pushes it" sealift copy --as "$name" "oci:$work/image:sealift"
expect 0 "skopeo reads it" skopeo inspect --tls-verify=false --config --override-arch arm64 "docker://$name"
check_equal "it runs as a user without rights" "65532:65532 /usr/bin/sealift arm64" \
    "$(field "$out" '" ".join([d["config"]["User"], *d["config"]["Entrypoint"], d["architecture"]])')"
expect 0 "skopeo unpacks it" skopeo copy -q --src-tls-verify=false --override-arch amd64 \
    "docker://$name" "dir:$work/pulled"
layer=$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["layers"][0]["digest"].partition(":")[2])' \
    "$work/pulled/manifest.json")
mkdir "$work/root" && tar -C "$work/root" -xf "$work/pulled/$layer"
check "the program is in it, unchanged" cmp "$SEALIFT" "$work/root/usr/bin/sealift"
check "so are the certificates" cmp "$work/ca.pem" "$work/root/etc/ssl/certs/ca-certificates.crt"
check_equal "its folder is the user's" "work/ 65532 65532" \
    "$(tar --numeric-owner -tvf "$work/pulled/$layer" | awk '$NF == "work/" { sub("/", " ", $2); print $NF, $2 }')"

done_testing
