#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# archives.sh - images from OCI layouts and archives of other tools.

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

# take NAME TARGET: with skopeo, from the source registry.
take() {
    must skopeo copy -q --all --src-tls-verify=false "docker://$1" "$2"
}
names() {
    field "$out" '" ".join(i["name"] + "=" + i["digest"] for i in d["images"])'
}
try() {
    sealift export --unsigned --json --force -o b.tar "$@"
}

# --- a layout in a folder ------------------------------------------------------------------

take "$index" oci:layout:docker.io/team/web:1.4
take "$chart" oci:layout:shop:0.1.0
take "$index" oci:tagged:1.4
expect 0 "exports a layout" try oci:layout
check_equal "names and digests are those of the layout" \
    "docker.io/team/web:1.4=$digest docker.io/library/shop:0.1.0" "$(names | sed 's/\(shop:0.1.0\).*/\1/')"
expect 0 "exports one image of it" try oci:layout:docker.io/team/web:1.4
check_equal "only that one" "docker.io/team/web:1.4=$digest" "$(names)"
expect 0 "names it by digest" try "oci:layout:@$digest"
expect 9 "refuses a name that is not there" try oci:layout:nginx:1
check "it lists what is there" grep -q "team/web" "$err"
expect 9 "refuses a folder that is not there" try oci:nowhere
expect 2 "requires a name" try oci:tagged
check "a hint says how to give one" grep -q "^hint: .*--name" "$err"
expect 0 "takes a name" try oci:tagged --name reg.corp/team/web
check_equal "with the tag of the layout" "reg.corp/team/web:1.4=$digest" "$(names)"
expect 2 "refuses a name that nothing needs" try oci:layout --name reg.corp/x
expect 2 "refuses other transports by name" try dir:/x/y

mkdir -p sub/dir && mv tagged sub/dir/ && echo "oci:dir/tagged" >sub/list
expect 0 "finds a path in a list below its folder" try -f sub/list --name reg.corp/team/web:2
expect 0 "mixes layouts and registries" try oci:layout:docker.io/team/web:1.4 "$chart"
check "both are there" test "$(names | wc -w)" -eq 2
expect 2 "refuses one name from two sources" try oci:sub/dir/tagged --name "$index" "$index"

expect 0 "copies a layout to a registry" sealift copy oci:layout "$target/mirror"
expect 0 "copies one image to an exact name" \
    sealift copy oci:layout:docker.io/team/web:1.4 "$target/base/web:2"
must forget_requests target
expect 0 "copies it again" sealift copy oci:layout "$target/mirror"
check_equal "the second run writes nothing" 0 "$(writes target)"
take "$target/mirror/docker.io/team/web:1.4" oci:back:x
check_equal "every byte is the same" "Only in layout" \
    "$(diff -r layout/blobs/sha256 back/blobs/sha256 | cut -d / -f 1 | sort -u)"
check_equal "the digest is the same" "$digest" \
    "$(field back/index.json 'd["manifests"][0]["digest"]')"

expect 0 "selects platforms" try oci:layout:docker.io/team/web:1.4 --platform linux/amd64
expect 0 "makes a new index" try oci:layout:docker.io/team/web:1.4 --platform linux/amd64 \
    --index rebuild

expect 0 "needs no name for one that is given by the target" \
    sealift copy oci:sub/dir/tagged "$target/exact/web:3"
expect 0 "nor by --as" sealift copy --as "$target/exact/web:4" --as "$target/exact/other:4" \
    oci:sub/dir/tagged:1.4
take "$target/exact/other:4" oci:exact:4
check_equal "the digest is the same" "$digest" \
    "$(field exact/index.json 'd["manifests"][0]["digest"]')"

# --- damaged -------------------------------------------------------------------------------

blob=layout/blobs/sha256/$(field layout/index.json 'd["manifests"][0]["digest"][7:]')
cp -r layout bad
printf x >>"bad/${blob#layout/}"
expect 6 "refuses a document of another size" try oci:bad:docker.io/team/web:1.4
rm "bad/${blob#layout/}"
expect 9 "names a missing document" try oci:bad:docker.io/team/web:1.4
check "by its digest" grep -q "${blob##*/}" "$err"
ln -s "$PWD/$blob" "bad/${blob#layout/}"
expect 6 "follows no link" try oci:bad:docker.io/team/web:1.4
rm "bad/${blob#layout/}" && mkfifo "bad/${blob#layout/}"
expect 6 "does not wait for a pipe" try oci:bad:docker.io/team/web:1.4
rm bad/oci-layout
expect 6 "refuses a folder that is no layout" try oci:bad
layer=$(find layout/blobs/sha256 -type f -size +20 -printf '%f\n' | head -n 1)
rm -rf bad && cp -r layout bad
printf 'y' | dd of="bad/blobs/sha256/$layer" conv=notrunc status=none
expect 6 "refuses a blob of other bytes" try oci:bad:docker.io/team/web:1.4
check "it names the archive and the blob" grep -q "oci:bad: sha256:$layer" "$err"
expect 6 "copies no blob of other bytes" sealift copy oci:bad:docker.io/team/web:1.4 "$target/bad/web:1"

# many COUNT: an index.json with so many entries.
many() {
    rm -rf many && cp -r layout many
    python3 - "$1" >many/index.json <<'PYTHON'
import sys
entry = ('{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%064x","size":9,'
         '"annotations":{"org.opencontainers.image.ref.name":"x.y/app:%d"}}')
count = int(sys.argv[1])
print('{"schemaVersion":2,"manifests":[' + ",".join(entry % (n, n) for n in range(count)) + "]}")
PYTHON
}
many 10000
expect 9 "reads ten thousand entries" try oci:many:x.y/app:9999
many 10001
expect 11 "refuses more" try oci:many:x.y/app:1
many 1000000
expect 11 "refuses a million" try oci:many:x.y/app:1

# --- a tar ---------------------------------------------------------------------------------

# from FILE OPTIONS...: the archive gives the digests that its index.json has.
from() {
    from_file=$1
    shift
    expect 0 "exports $from_file" try "oci-archive:$from_file" "$@"
    check_equal "with the digests in it" \
        "$(tar -xOf "$from_file" index.json | python3 -c 'import json, sys
print(" ".join(m["digest"] for m in json.load(sys.stdin)["manifests"]))')" \
        "$(field "$out" '" ".join(i["digest"] for i in d["images"])')"
}

take "$index" oci-archive:skopeo.tar:1.4
from skopeo.tar --name reg.corp/named/app:1
digests=$(names)
for packer in gzip zstd xz bzip2; do
    if command -v $packer >/dev/null; then
        must sh -c "$packer -c skopeo.tar >skopeo.tar.$packer"
        expect 0 "reads one that is packed with $packer" \
            try "oci-archive:skopeo.tar.$packer" --name reg.corp/named/app:1 --work-dir "$work"
        check_equal "to the same images" "$digests" "$(names)"
    else
        skip "reads one that is packed with $packer" "$packer is not installed"
    fi
done
check_equal "nothing is left of what was unpacked" "" "$(find "$work" -maxdepth 1 -name '*tmp*')"
expect 9 "reports a folder for unpacking that is not there" \
    try oci-archive:skopeo.tar.gzip --name reg.corp/named/app:1 --work-dir "$work/none"
must sealift copy -q oci:layout oci-archive:own.tar
expect 0 "copies an archive to a registry" sealift copy oci-archive:own.tar "$target/tar"
take "$target/tar/docker.io/team/web:1.4" oci:again:x
check_equal "the digest is the same" "$digest" \
    "$(field again/index.json 'd["manifests"][0]["digest"]')"
must tar -cf tree.tar -C layout .
expect 0 "reads what tar packs with ./ before its names" try oci-archive:tree.tar
printf 'not a tar' >text.tar
expect 6 "refuses another file" try oci-archive:text.tar
head -c 20000 own.tar >cut.tar
expect 6 "refuses a truncated archive" try oci-archive:cut.tar

# An archive without its transport.
must sealift export -q --unsigned -o bundle.tar oci:layout
must skopeo copy -q --src-tls-verify=false "docker://$index" docker-archive:docker.tar:docker.io/x/y:1
for one in oci:layout oci-archive:own.tar bundle:bundle.tar docker-archive:docker.tar \
    oci-archive:skopeo.tar.gzip; do
    sealift export --unsigned -o x.tar "./${one#*:}" 2>hint >/dev/null
    check "a hint says what ${one#*:} is" grep -qF "did you mean '${one%%:*}:./${one#*:}'?" hint
done

# Archives that try to reach beyond themselves.
make_evil() {
    python3 - "$1" "$2" <<'PYTHON'
import io, sys, tarfile
source, kind = tarfile.open("own.tar"), sys.argv[2]
blob = next(m for m in source if m.name.startswith("blobs/sha256/"))
with tarfile.open(sys.argv[1], "w") as out:
    for m in source:
        if m.name == blob.name and kind != "twice":
            if kind == "missing":
                continue
            new = tarfile.TarInfo(m.name)
            new.type = {"link": tarfile.SYMTYPE, "device": tarfile.CHRTYPE, "fifo": tarfile.FIFOTYPE,
                        "hard": tarfile.LNKTYPE, "folder": tarfile.DIRTYPE}[kind]
            new.linkname = "/etc/passwd"
            out.addfile(new)
            continue
        out.addfile(m, source.extractfile(m))
        if m.name == blob.name:
            out.addfile(m, io.BytesIO(b"x" * m.size))
PYTHON
}
for kind in link hard device fifo folder missing twice; do
    must make_evil evil.tar $kind
    status=9
    [ $kind != twice ] || status=6
    expect $status "refuses an archive with a blob that is: $kind" try oci-archive:evil.tar
done

# --- of other tools ------------------------------------------------------------------------

if command -v umoci >/dev/null; then
    must umoci init --layout umoci-layout
    must umoci new --image umoci-layout:made
    expect 0 "exports what umoci makes" try oci:umoci-layout --name reg.corp/named/app
    check_equal "with its tag" "reg.corp/named/app:made" "$(names | cut -d = -f 1)"
else
    skip "exports what umoci makes" "umoci is not installed"
fi
if command -v podman >/dev/null && [ "$(id -u)" -eq 0 ]; then
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >accept.json
    podman_in() {
        podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs "$@"
    }
    must podman_in pull -q --tls-verify=false --signature-policy accept.json "$(references source twice)"
    must podman_in save -q --format oci-archive -o podman.tar "$(references source twice)"
    from podman.tar
    must podman_in save -q --format oci-dir -o podman-layout "$(references source twice)"
    expect 0 "exports what podman save writes to a folder" try oci:podman-layout
else
    skip "exports what podman save writes" "podman is not installed, or this is not root"
fi
if command -v buildah >/dev/null && [ "$(id -u)" -eq 0 ]; then
    buildah_in() {
        buildah --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs "$@"
    }
    made=$(buildah_in from scratch) && buildah_in copy "$made" list /list >/dev/null &&
        buildah_in commit -q --signature-policy accept.json "$made" oci-archive:buildah.tar:docker.io/team/built:1 >/dev/null
    from buildah.tar
else
    skip "exports what buildah writes" "buildah is not installed, or this is not root"
fi

done_testing
