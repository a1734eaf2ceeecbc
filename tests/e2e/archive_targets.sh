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

# --- other tools ---------------------------------------------------------------------------

must sealift copy -q --no-referrers "$index" oci-archive:one.tar
tag=$target/back/web:1.4
expect 0 "skopeo copies the only image without its name" skopeo --insecure-policy copy -q --all \
    --preserve-digests --dest-tls-verify=false oci-archive:one.tar "docker://$tag"
skopeo inspect --raw --tls-verify=false "docker://$tag" >"$out"
check_equal "its digest is that of the source" "$digest" "sha256:$(sha256sum <"$out" | cut -d ' ' -f 1)"
if command -v umoci >/dev/null 2>&1; then
    expect 0 "umoci lists the folder" umoci ls --layout out
    check "umoci finds an image by its full name" grep -qxF "$index" "$out"
    expect 0 "umoci lists the folder with tags" umoci ls --layout named
    check "umoci finds an image by its tag" grep -qxF 1.4 "$out"
else
    skip "umoci reads the folder" "umoci is not installed"
fi
if command -v podman >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >accept.json
    in_podman() {
        verb=$1
        shift
        podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs \
            "$verb" -q --signature-policy accept.json "$@"
    }
    expect 0 "podman load reads a tar of one image" in_podman load -i one.tar
    check "podman load gives it its name" grep -qF "$index" "$out"
    expect 0 "podman pull reads one of many by its name" in_podman pull "oci-archive:again.tar:$index"
else
    skip "podman reads the tar" "podman is not installed, or this is not root"
fi

# --- the disk ------------------------------------------------------------------------------

in_tmpfs() {
    unshare --map-root-user --mount sh -c 'mount -t tmpfs -o "$1" none "$2" && shift 2 && "$@"' \
        sh "$@"
}
mkdir mount
if in_tmpfs size=64k mount true 2>/dev/null; then
    for place in oci:mount/x oci-archive:mount/x.tar; do
        expect 8 "asks for space before it fills the disk: ${place%%:*}" in_tmpfs size=64k mount \
            "$SEALIFT" copy -f list "$place"
        check "the message has the free space" grep -q 'only 64.0 KiB is available' "$err"
    done
else
    skip "file systems that are small" "not allowed to mount one"
fi
if can_trace && command -v strace >/dev/null; then
    disk_full() {
        strace -f -qq -o "$work/trace" -e trace=pwrite64 -e inject=pwrite64:error=ENOSPC:when=3+ \
            "$SEALIFT" copy -q -f list "$1"
    }
    expect 8 "reports a disk that fills up: folder" disk_full oci:filled
    check_equal "no entry and no partial blob is left" "" \
        "$(find filled -name index.json -o -name '*.partial')"
    expect 0 "the same command completes it" copy -f list oci:filled
    expect 0 "every blob is there" diff -r filled/blobs out/blobs
    expect 8 "reports a disk that fills up: tar" disk_full oci-archive:filled.tar
    check_equal "no file is left" "" "$(ls -d filled.tar* 2>/dev/null)"

    strace -f -o "$work/trace" -e trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2 \
        "$SEALIFT" copy -q -f list oci:traced
    # Blobs are opened below a descriptor of their folder: their names have no slash.
    check_equal "nothing is written outside of the folder" "" \
        "$(grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir|rename' "$work/trace" |
            grep -vE 'resumed>|"/dev/|AT_FDCWD, "traced|mkdir\("traced' |
            grep -vE '\([0-9]+, "([0-9a-f]{64}|index\.json|oci-layout)(\.partial)?"')"
else
    skip "a disk that fills up, and what is written where" "strace may not trace here"
fi

done_testing
