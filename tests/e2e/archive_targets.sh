#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# archive_targets.sh - images copied to OCI layouts, in a folder and in a tar.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need skopeo

must start_registry source
must start_registry target
must fill source shapes
target=$(address_of target)
index=$(references source index)
chart=$(references source chart)
digest=$(field "$work/source.json" '[i["digest"] for i in d if i["shape"] == "index"][0]')
cd "$work" || exit 99
references source >list

states() {
    field "$out" '" ".join(sorted({i["state"] for i in d["images"]}))'
}
counts() {
    field "$out" '"{objectsWritten} written".format(**d["counts"])'
}
copy() {
    sealift copy --json "$@"
}

# --- a folder ------------------------------------------------------------------------------

expect 0 "shows what would be written" copy --dry-run -f list oci:out
check_equal "nothing is written" "" "$(ls -d out 2>/dev/null)"
expect 0 "copies every shape of image to a folder" copy -f list oci:out
expect 0 "every blob has its digest" sh -c 'cd out/blobs/sha256 && sha256sum * |
    awk "\$1 != \$2 { exit 1 }"'
check_equal "nothing else is left there" "blobs index.json oci-layout" \
    "$(find out -mindepth 1 -maxdepth 1 -printf '%f ' -o -name '*.partial' | tr ' ' '\n' |
        sort | tr '\n' ' ' | sed 's/^ //; s/ $//')"
find out -type f -printf '%P %i %T@\n' | sort >before
expect 0 "the same command succeeds again" copy -f list oci:out
check_equal "everything is present" "present 0 written" "$(states) $(counts)"
find out -type f -printf '%P %i %T@\n' | sort >after
expect 0 "no file is written" cmp before after
expect 0 "copies the folder to a registry" sealift copy --strip-host oci:out "$target/all"
check "every image is the same byte for byte" same_images source target all
expect 0 "another tool reads it" \
    skopeo inspect --raw "oci:out:$index"
check_equal "the index has its digest" "$digest" "sha256:$(sha256sum <"$out" | cut -d ' ' -f 1)"

blob=$(find out/blobs/sha256 -type f -size +20 -printf '%f\n' | head -n 1)
printf x | dd of="out/blobs/sha256/$blob" conv=notrunc status=none
expect 0 "writes a damaged blob again" copy -f list oci:out
check_equal "only that one" "1 written" "$(counts)"
check_equal "it is right now" "$blob" "$(sha256sum "out/blobs/sha256/$blob" | cut -d ' ' -f 1)"
rm "out/blobs/sha256/$blob" && ln -s "$PWD/precious" "out/blobs/sha256/$blob"
echo precious >precious
expect 2 "refuses a link" copy -f list oci:out
check_equal "and writes nowhere else" precious "$(cat precious)"
rm "out/blobs/sha256/$blob"
expect 0 "writes a missing blob again" copy -f list oci:out

# --- names ---------------------------------------------------------------------------------

expect 0 "writes one image under a tag" copy --no-referrers "$index" oci:named:1.4
check_equal "with that name" 1.4 \
    "$(field named/index.json 'd["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]')"
expect 0 "adds another image" copy --no-referrers "$chart" oci:named:shop
check_equal "both are there" 2 "$(field named/index.json 'len(d["manifests"])')"
expect 12 "refuses a name that is taken" copy "$chart" oci:named:1.4
expect 0 "skips it on request" copy --on-existing skip "$chart" oci:named:1.4
check_equal "nothing changes" "skipped $digest" \
    "$(states) $(field named/index.json 'd["manifests"][0]["digest"]')"
expect 0 "replaces it on request" copy --on-existing overwrite "$chart" oci:named:1.4
check_equal "there are still two" 2 "$(field named/index.json 'len(d["manifests"])')"
expect 2 "refuses one name for several images" copy -f list oci:x:name
expect 0 "carries signatures" copy "$index" oci:signed:1.4
expect 0 "takes them from there" sealift copy --name "$target/signed/web" oci:signed --as "$target/signed/web:1.4"
check "cosign's tag is there" sh -c \
    "sealift() { '$abs_top_builddir/sealift' \"\$@\"; }; sealift list '$target/signed/web' | grep -q '\.sig'"
mkdir full && echo x >full/file
expect 2 "refuses a folder of other files" copy "$index" oci:full
expect 2 "refuses a file" copy "$index" oci:list
expect 8 "refuses a folder in a folder that does not exist" copy "$index" oci:no/where
for option in --strip-host --tag-digests '--map a=b' '--read-back blobs' --keep-going; do
    # shellcheck disable=SC2086 # words
    expect 2 "refuses $option" copy $option "$index" oci:x
done
expect 2 "leaves bundles to export" copy "$index" bundle:x.tar
for place in oci:x oci-archive:x.tar docker-archive:x.tar bundle:x.tar; do
    expect 2 "--as refuses $place" copy --as "$place" "$index"
    check "says why" grep -q 'not a name in a registry' "$err"
done

# --- a tar ---------------------------------------------------------------------------------

expect 0 "copies every shape of image to a tar" copy -f list oci-archive:out.tar
expect 0 "and again" copy -f list oci-archive:again.tar
expect 0 "the bytes are the same" cmp out.tar again.tar
expect 0 "tar reads it" tar -tf out.tar
check_equal "the index comes first" "oci-layout index.json" "$(head -n 2 "$out" | tr '\n' ' ' | sed 's/ $//')"
mkdir tree && tar -xf out.tar -C tree
expect 0 "it holds what the folder holds" diff -r tree/blobs out/blobs
expect 0 "another tool reads it" skopeo inspect --raw "oci-archive:out.tar:$index"
check_equal "the index has its digest" "$digest" "sha256:$(sha256sum <"$out" | cut -d ' ' -f 1)"
expect 12 "does not replace a file" copy "$index" oci-archive:out.tar
check "the hint says how" grep -q 'overwrite replaces what is there; where a name is taken' "$out"
expect 0 "replaces it on request" copy --on-existing overwrite "$index" oci-archive:out.tar
expect 2 "skips nothing in a tar" copy --on-existing skip "$index" oci-archive:skip.tar
expect 9 "writes no file when something is missing" copy "$index" "${index%:*}:none" oci-archive:no.tar
check_equal "no file is left" "" "$(ls -d no.tar* skip.tar* 2>/dev/null)"
expect 0 "shows what would be written" copy --dry-run "$index" oci-archive:dry.tar
check_equal "nothing is written" "" "$(ls -d dry.tar* 2>/dev/null)"

done_testing
