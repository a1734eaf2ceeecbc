#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# presence.sh - what a registry says that it has must be there: collected behind its back,
# cut short, or emptied.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need skopeo curl

must start_registry source
must start_registry target cached
must fill source shapes --only docker-single
cd "$work" || exit 99
must make_key team
image=$(references source docker-single)
repository=${image#*/}
repository=${repository%:*}
home=copy/$(address_of source | tr : _)/$repository
store=$work/registry/target/store/docker/registry/v2
type=application/vnd.docker.distribution.manifest.v2+json

# manifests_of NAME: the URL of the repository's manifests there.
manifests_of() {
    echo "http://$(address_of "$1")/v2/$2/manifests"
}
must curl -sf -H "Accept: $type" -o manifest "$(manifests_of source "$repository")/${image##*:}"

# make_bundle TAG: TAG.tar holds an image with the same layers and another manifest.
make_bundle() {
    echo >>manifest
    curl -sf -X PUT -H "Content-Type: $type" --data-binary @manifest \
        "$(manifests_of source "$repository")/$1" &&
        sealift export -q -o "$1.tar" --key team.key "${image%:*}:$1"
}
import() {
    tag=$1
    shift
    sealift import --key team.pub --json "$@" "$tag.tar" "$(address_of target)/copy"
}
# pull TAG [REGISTRY]
pull() {
    rm -rf pulled
    skopeo copy -q --src-tls-verify=false --all \
        "docker://$(address_of "${2:-target}")/$home:$1" dir:pulled
}
# tag_status TAG: what the target answers.
tag_status() {
    curl -s -o /dev/null -w '%{http_code}' -H "Accept: $type" "$(manifests_of target "$home")/$1"
}
blob_file() {
    echo "$store/blobs/sha256/$(printf %.2s "$1")/$1/data"
}

must make_bundle first
expect 0 "the images are pushed" import first
check "they can be pulled" pull first
layer=$(python3 -c 'import json; print(json.load(open("manifest"))["layers"][0]["digest"][7:])')
first=$(sha256sum manifest | cut -d ' ' -f 1)

# The image is deleted and the garbage collected, while the registry remembers its blobs.
must curl -sf -X DELETE "$(manifests_of target "$home")/sha256:$first"
docker-registry garbage-collect "$work/registry/target/config.yml" >collected 2>&1
check_not "the layer was collected" test -e "$(blob_file "$layer")"
check_equal "the registry still reports it as present" 200 \
    "$(curl -s -o /dev/null -w '%{http_code}' -I \
        "http://$(address_of target)/v2/$home/blobs/sha256:$layer")"
must make_bundle second
expect 0 "an image with the same layers is pushed" import second
check_equal "no layer is taken for present" 0 "$(field "$out" 'd["counts"]["blobsPresent"]')"
check "the image can be pulled" pull second
must make_bundle third
expect 0 "a third image finds its layers present" import third
check_equal "no layer is uploaded" 0 "$(field "$out" 'd["counts"]["blobsUploaded"]')"
check_equal "the last bytes were fetched" last-byte "$(field "$out" 'd["presence"]')"

# This registry does not write again what it remembers, not even a manifest.
expect 5 "the first image fails while the registry caches the layer" import first
check_equal "the reason is in the result" broken-blob "$(field "$out" 'd["error"]["reason"]')"
check "a hint says to restart the registry" grep -q 'restart the registry' "$out"
check_equal "no tag moved" 404 "$(tag_status first)"
must start_registry fresh cached target
expect 0 "a restarted registry accepts it" \
    sealift import --key team.pub first.tar "$(address_of fresh)/copy"
check "the image can be pulled" pull first fresh

# A file of the store is cut or emptied: this registry never writes one that is there.
size=$(wc -c <"$(blob_file "$layer")")
for left in $((size - 1)) 0; do
    must truncate -s "$left" "$(blob_file "$layer")"
    must make_bundle "cut-$left"
    expect 5 "a file of $left of $size bytes is not taken for the layer" import "cut-$left"
    check_equal "the reason is in the result" broken-blob "$(field "$out" 'd["error"]["reason"]')"
    check "a hint says what to do" grep -q 'delete this digest from its storage' "$out"
    check_equal "no tag moved" 404 "$(tag_status "cut-$left")"
    rm "$(blob_file "$layer")"
    expect 0 "without the file the same command uploads the layer" import "cut-$left"
    check "the image can be pulled then" pull "cut-$left"
done

# The last byte is right and the first one is not: only reading all of it finds that.
printf '\377' | dd of="$(blob_file "$layer")" conv=notrunc status=none
must make_bundle changed
expect 6 "--read-back blobs finds a changed byte" import changed --read-back blobs
check_equal "no tag moved" 404 "$(tag_status changed)"
rm "$(blob_file "$layer")"
expect 0 "--read-back blobs succeeds when all bytes are right" import changed --read-back blobs
check_equal "the result counts the bytes read" "$(field "$out" \
    'd["counts"]["blobsUploaded"] + d["counts"]["blobsPresent"]')" \
    "$(field "$out" 'd["counts"]["blobsReadBack"]')"
expect 2 "refuses an unknown value of --read-back" import changed --read-back manifests
done_testing
