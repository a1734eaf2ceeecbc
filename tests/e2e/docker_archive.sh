#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docker_archive.sh - images from archives of docker save, podman save, skopeo and crane.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need skopeo

must start_registry source
must start_registry target
must fill source shapes --only docker-single --only twice
target=$(address_of target)
single=$(references source docker-single)
twice=$(references source twice)
cd "$work" || exit 99

# made FORM: FORM.tar, see docker_save.py.
made() {
    must python3 -B "$tests/registry/docker_save.py" "$1" "$1.tar"
}
try() {
    sealift export --unsigned --json --force -o b.tar "$@"
}
names() {
    field "$out" '" ".join(i["name"] for i in d["images"])'
}
digests() {
    field "$out" '" ".join(sorted({i["digest"] for i in d["images"]}))'
}

# --- forms ---------------------------------------------------------------------------------

made old
expect 0 "exports what docker save before 25 writes" try docker-archive:old.tar
check_equal "each tag is a name" "docker.io/team/app:1 docker.io/library/app1:x \
docker.io/team/app:2 docker.io/library/app2:x" "$(names)"
# These digests never change: people wrote them down.
check_equal "the digests are the same on every machine" \
    "sha256:33289690d118dbdc41611aa1ae2c8e0fe4608ca7bd3fe294077d4bb55cb6a2f9 \
sha256:49a9026d5824ad722d137bb27aced713f217d471a0c245c589a2f387f2b3088d" "$(digests)"
two=$(digests)
check_equal "the result says that they were made here" "True True True True" \
    "$(field "$out" '" ".join(str(i["digestMadeHere"]) for i in d["images"])')"
expect 0 "its layers have the diff_ids of the configs" \
    sealift verify -q --layers --insecure-skip-verify b.tar

made new
expect 0 "exports what docker save since 25 writes" try docker-archive:new.tar
check "it warns of the layout that is there, too" grep -q "'new.tar' is an OCI layout, too" "$err"
check_equal "an image has the same digest in either form" "${two##* }" "$(digests)"
recorded=$(tar -xOf new.tar index.json | sed 's/.*"digest": *"\([^"]*\)".*/\1/')
expect 0 "takes the layout in it" try oci-archive:new.tar
check_equal "with the digest that is recorded there" "$recorded" "$(digests)"
made one
expect 0 "exports what podman save writes" try docker-archive:one.tar
check_equal "an image has the same digest there" "${two##* }" "$(digests)"

made crane
expect 0 "exports what crane pull writes" try docker-archive:crane.tar
check_equal "compressed layers stay as they are" \
    sha256:0e5aa5fd33cccc38294513711aad7eb21c7e7720e8b8d1b72c900886f56a1246 "$(digests)"
expect 0 "these layers have the diff_ids of the config, too" \
    sealift verify -q --layers --insecure-skip-verify b.tar

made zstd
expect 0 "exports layers compressed with zstd" try docker-archive:zstd.tar
expect 0 "with their diff_ids" sealift verify -q --layers --insecure-skip-verify b.tar
check "under their media type" grep -aq 'layer.v1.tar+zstd' b.tar

made untagged
expect 2 "requires a name where there is none" try docker-archive:untagged.tar
expect 0 "takes a name" try docker-archive:untagged.tar --name reg.corp/app:3
check_equal "it is the name" "reg.corp/app:3" "$(names)"
expect 0 "chooses an image by tag" try docker-archive:old.tar:team/app:2
check_equal "and takes no other" "docker.io/team/app:2" "$(names)"

# --- compressed ----------------------------------------------------------------------------

mkdir room
for packer in gzip zstd xz bzip2; do
    command -v $packer >/dev/null 2>&1 || { skip "reads $packer" "not installed"; continue; }
    must $packer -kqf old.tar
done
for file in old.tar.*; do
    expect 0 "reads $file" try "docker-archive:$file" --work-dir room
    check_equal "the digests are the same" "$two" "$(digests)"
done
check_equal "no temporary file is left" "" "$(ls -A room)"
expect 9 "refuses a folder for temporary files that is not there" \
    try docker-archive:old.tar.gz --work-dir nowhere
chmod 555 room
[ "$(id -u)" -eq 0 ] ||
    expect 8 "reports a folder that it may not write to" try docker-archive:old.tar.gz --work-dir room
chmod 755 room

# --- made by the tools themselves ----------------------------------------------------------

must skopeo copy -q --src-tls-verify=false "docker://$single" docker-archive:skopeo.tar:team/tool:v2
expect 0 "exports what skopeo writes" try docker-archive:skopeo.tar
check_equal "by its name" "docker.io/team/tool:v2" "$(names)"
must skopeo copy -q --src-tls-verify=false "docker://$twice" docker-archive:twice.tar:team/twice:1
expect 0 "exports an image that has a layer twice" try docker-archive:twice.tar
expect 0 "the bundle is complete" sealift verify -q --layers --insecure-skip-verify b.tar

expect 0 "copies an archive to a registry" sealift copy --json docker-archive:skopeo.tar "$target/m"
digest=$(field "$out" 'd["images"][0]["digest"]')
check_equal "the registry has the digest that was made" "$digest" \
    "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$target/m/docker.io/team/tool:v2")"
check_equal "the result says so" True "$(field "$out" 'd["images"][0]["digestMadeHere"]')"
expect 0 "says it in the table, too" \
    sealift export --unsigned --force -o b.tar docker-archive:skopeo.tar
check "by name" grep -q "^note *digest made here for docker.io/team/tool:v2" "$out"
must forget_requests target
expect 0 "copies it again" sealift copy docker-archive:skopeo.tar "$target/m"
check_equal "the second run writes nothing" 0 "$(writes target)"

# --- hostile -------------------------------------------------------------------------------

# refuses FORM STATUS WORDS: with a message that has the words.
refuses() {
    made "$1"
    expect "$2" "refuses $1" try "docker-archive:$1.tar"
    check "the message says why" grep -q "docker-archive:$1.tar: .*$3" "$err"
}
rm -f b.tar
refuses other_layer 6 "sha256:[0-9a-f]*: its bytes have another digest"
refuses other_gzip 6 "layer 'x.tar.gz' does not have the diff_id in the config"
refuses other_config 6 "its bytes do not have the digest in its name"
refuses fewer_layers 6 "1 layer, but 2 diff_ids"
refuses missing_layer 6 "no member '[0-9a-f]*.tar'"
refuses doubled_config 6 "the member 'c.json' is there more than once"
refuses outside 6 "no member '../layer.tar'"
refuses linked 6 "no member '[0-9a-f]*.tar'"
refuses device 6 "no member '[0-9a-f]*.tar'"
refuses bomb 6 "layer 'x.tar.gz': it is compressed more than once"
refuses two_in_one 6 "layer 'c.json': it is a config, too"
refuses before_1_10 5 "Docker before 1.10"
refuses no_archive 6 "not a docker-archive"
check "no bundle was written" test ! -e b.tar
head -c 3000 old.tar >cut.tar
expect 6 "refuses a truncated archive" try docker-archive:cut.tar
expect 2 "refuses a folder" try docker-archive:room
expect 9 "refuses a file that is not there" try docker-archive:nowhere.tar

# --- as a target ---------------------------------------------------------------------------

copy() {
    sealift copy --json "$@"
}
# list_of ARCHIVE: its manifest.json, in the file listed.
list_of() {
    must tar -xOf "$1" manifest.json >listed
}
expect 0 "writes an archive" copy "$single" docker-archive:out.tar
expect 0 "and again" copy "$single" docker-archive:again.tar
expect 0 "the bytes are the same" cmp out.tar again.tar
check_equal "manifest.json comes first" manifest.json "$(tar -tf out.tar | head -n 1)"
list_of out.tar
check_equal "the image has its whole name" "['$single']" "$(field listed 'd[0]["RepoTags"]')"
field listed 'chr(10).join([d[0]["Config"], *d[0]["Layers"]])' >members
tar -tf out.tar | grep -v manifest.json | sort >there
check_equal "every member is there, and no other" "$(sort members)" "$(cat there)"
expect 0 "each has the digest in its name" sh -c 'mkdir -p tree && tar -xf out.tar -C tree &&
    for f in $(cat members); do [ "${f%%.*}" = "$(sha256sum <"tree/$f" | cut -d " " -f 1)" ] || exit 1; done'
expect 0 "skopeo reads it" skopeo copy -q "docker-archive:out.tar:$single" oci:read:x
must skopeo copy -q --src-tls-verify=false "docker://$single" docker-archive:theirs.tar:x/y:1
must skopeo copy -q docker-archive:theirs.tar oci:theirs:x
check_equal "and finds the same layers as in its own" \
    "$(skopeo inspect --config oci:theirs:x | sha256sum)" "$(skopeo inspect --config oci:read:x | sha256sum)"
expect 0 "sealift reads it" try docker-archive:out.tar
expect 0 "its layers have the diff_ids of the config" \
    sealift verify -q --layers --insecure-skip-verify b.tar

expect 0 "writes it under a name" copy "$single" docker-archive:named.tar:team/app:7
list_of named.tar
check_equal "in full" "['docker.io/team/app:7']" "$(field listed 'd[0]["RepoTags"]')"
expect 2 "refuses a name by digest" copy "$single" "docker-archive:x.tar:team/app@sha256:$(printf %064d 0)"
expect 0 "writes several images" copy "$single" "$twice" docker-archive:both.tar
list_of both.tar
check_equal "each is listed" "['$single'] ['$twice']" \
    "$(field listed '" ".join(str(i["RepoTags"]) for i in d)')"
check_equal "a layer is written once" "" "$(tar -tf both.tar | sort | uniq -d)"
expect 2 "refuses one name for several images" copy "$single" "$twice" docker-archive:x.tar:a/b:1
expect 0 "copies one archive to another" copy docker-archive:old.tar docker-archive:new-old.tar
list_of new-old.tar
check_equal "all tags of an image stay together" \
    "['docker.io/team/app:1', 'docker.io/library/app1:x'] ['docker.io/team/app:2', 'docker.io/library/app2:x']" \
    "$(field listed '" ".join(str(i["RepoTags"]) for i in d)')"
expect 0 "the digests that are made are the same again" try docker-archive:new-old.tar
check_equal "in the copy" "$two" "$(digests)"

must fill source shapes --only index --only chart --only artifact
index=$(references source index)
expect 2 "refuses all platforms" copy "$index" docker-archive:x.tar
check "a hint says what to do" grep -q "^hint: .*--platform" "$err"
expect 0 "takes one" copy --platform linux/amd64 "$index" docker-archive:one-platform.tar
check_equal "only its members are there" 1 "$(tar -tf one-platform.tar | grep -c '\.json$' | xargs -I{} expr {} - 1)"
check_equal "the result says that nothing attached was searched for" 1 "$(field "$out" 'd["withoutReferrers"]')"
expect 0 "says in words" sealift copy "$single" docker-archive:words.tar
check "that digests are lost" grep -q "^note *a docker-archive has no manifests" "$out"
expect 2 "refuses to carry what is attached" copy --referrers --platform linux/amd64 "$index" docker-archive:x.tar
expect 2 "refuses a chart" copy "$(references source chart)" docker-archive:x.tar
check "it says why" grep -q "it is not a container image" "$err"
expect 2 "refuses an artifact" copy "$(references source artifact)" docker-archive:x.tar
expect 12 "does not replace a file" copy "$twice" docker-archive:out.tar
expect 0 "replaces it on request" copy --on-existing overwrite "$twice" docker-archive:out.tar
expect 0 "shows what would be written" copy --dry-run "$single" docker-archive:dry.tar
must skopeo copy -q --dest-compress --dest-compress-format zstd docker-archive:theirs.tar oci:zstd:x
expect 2 "refuses layers compressed with zstd" copy oci:zstd --name a/b:1 docker-archive:x.tar
check "it says why" grep -q "zstd" "$err"
check_equal "no other file is left" "" "$(ls -d x.tar* dry.tar* ./*.partial 2>/dev/null)"

# --- podman and buildah, where they are installed ------------------------------------------

# stored TOOL WORDS...: with a storage of its own.
stored() {
    stored_tool=$1
    shift
    "$stored_tool" --root "$work/stored" --runroot "$work/stored-run" --storage-driver vfs "$@"
}
if command -v podman >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    expect 0 "podman loads an archive" stored podman load -q -i both.tar
    expect 0 "podman saves an image" stored podman save -q -o podman.tar "$single"
    expect 0 "sealift exports it" try docker-archive:podman.tar
    check_equal "under its name" "$single" "$(names)"
    expect 0 "podman saves several images" stored podman save -q -m -o podman-m.tar "$single" "$twice"
    expect 0 "sealift exports them" try docker-archive:podman-m.tar
    check_equal "under their names" "$single $twice" "$(names)"
else
    skip "podman reads and writes archives" "podman is not installed, or this is not root"
fi
if command -v buildah >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    must stored buildah pull -q docker-archive:out.tar
    expect 0 "buildah writes an archive" stored buildah push -q "$twice" docker-archive:buildah.tar:team/b:1
    expect 0 "sealift exports it" try docker-archive:buildah.tar
    check_equal "under its names, to which buildah adds" "docker.io/team/b:1 $twice" "$(names)"
else
    skip "buildah writes archives" "buildah is not installed, or this is not root"
fi

done_testing
