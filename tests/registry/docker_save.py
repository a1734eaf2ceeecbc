#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write an image archive as a tool that may not be installed here does.

    docker_save.py FORM FILE

The forms are those of docker save before version 25 ("old") and since ("new"), of crane pull
("crane"), and broken ones; see FORMS.  The same form has the same bytes every time.
"""
import gzip
import hashlib
import io
import json
import sys
import tarfile

from images import stored_gzip


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def layer(name, text):
    info = tarfile.TarInfo(name)
    info.size = len(text)
    return info.tobuf(tarfile.USTAR_FORMAT) + text + bytes(-len(text) % 512 + 1024)


BASE = layer("base", b"b" * 500)
TOPS = [layer("top", b"one"), layer("top", b"two")]


def config(*layers, **more):
    return json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/top"]},
                       "rootfs": {"type": "layers",
                                  "diff_ids": ["sha256:" + sha256(one) for one in layers]},
                       **more}).encode()


class Archive:
    """A tar, member by member."""

    def __init__(self, file):
        self.tar = tarfile.open(file, "w", format=tarfile.GNU_FORMAT)

    def add(self, name, data=b"", kind=tarfile.REGTYPE, link="", size=None):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        info.size = len(data) if size is None else size
        self.tar.addfile(info, io.BytesIO(data) if size is None else None)

    def manifest(self, *images):
        """Each image is (config, tags, layers)."""
        self.add("manifest.json", json.dumps([{"Config": c, "RepoTags": t, "Layers": l}
                                              for c, t, l in images]).encode())


def old(a):
    """docker save 1.10 to 24: two images, of which the second links to the shared layer."""
    images = []
    first = {}
    for number, top in enumerate(TOPS):
        text = config(BASE, top)
        paths = []
        for data in (BASE, top):
            folder = sha256(f"{number}{sha256(data)}".encode())
            a.add(folder, kind=tarfile.DIRTYPE)
            a.add(folder + "/VERSION", b"1.0")
            a.add(folder + "/json", json.dumps({"id": folder}).encode())
            if data in first:
                a.add(folder + "/layer.tar", kind=tarfile.SYMTYPE, link="../" + first[data])
            else:
                a.add(folder + "/layer.tar", data)
                first[data] = folder + "/layer.tar"
            paths.append(folder + "/layer.tar")
        a.add(sha256(text) + ".json", text)
        images.append((sha256(text) + ".json", [f"team/app:{number + 1}", f"app{number + 1}:x"], paths))
    a.manifest(*images)
    a.add("repositories", json.dumps({"team/app": {"1": folder}}).encode())


def blobs(a, *datas):
    for data in datas:
        a.add("blobs/sha256/" + sha256(data), data)


def new(a):
    """docker save since 25: an OCI layout, and manifest.json for older readers."""
    text = config(BASE, TOPS[0])
    descriptors = [{"mediaType": "application/vnd.oci.image.layer.v1.tar",
                    "digest": "sha256:" + sha256(one), "size": len(one)} for one in (BASE, TOPS[0])]
    manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                           "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                                      "digest": "sha256:" + sha256(text), "size": len(text)},
                           "layers": descriptors}, indent=1).encode()
    a.add("blobs/", kind=tarfile.DIRTYPE)
    a.add("blobs/sha256/", kind=tarfile.DIRTYPE)
    blobs(a, BASE, TOPS[0], text, manifest)
    a.add("index.json", json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + sha256(manifest),
         "size": len(manifest), "annotations": {"io.containerd.image.name": "docker.io/team/app:1",
                                                "org.opencontainers.image.ref.name": "1"}}]}).encode())
    a.manifest(("blobs/sha256/" + sha256(text), ["team/app:1"],
                ["blobs/sha256/" + sha256(one) for one in (BASE, TOPS[0])]))
    a.add("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')


def one(a, text=None, name=None, tags=("team/app:1",), layers=None, write=True):
    """An image of two layers, as podman save writes it but for its older links."""
    text = text or config(BASE, TOPS[0])
    name = name or sha256(text) + ".json"
    paths = [sha256(data) + ".tar" for data in (BASE, TOPS[0])]
    if write:
        for path, data in zip(paths, (BASE, TOPS[0])):
            a.add(path, data)
    a.add(name, text)
    a.manifest((name, tags, paths if layers is None else layers))


def crane(a):
    """crane pull: layers as in the registry, compressed with gzip."""
    text = config(BASE, TOPS[0])
    packed = [b"".join(stored_gzip([data])) for data in (BASE, TOPS[0])]
    a.add("sha256:" + sha256(text), text)
    for data in packed:
        a.add(sha256(data) + ".tar.gz", data)
    a.manifest(("sha256:" + sha256(text), ["reg.corp/team/app:1"],
                [sha256(data) + ".tar.gz" for data in packed]))


def zstd(a):
    """A layer compressed with zstd, in one raw block."""
    frame = (b"\x28\xb5\x2f\xfd\xa0" + len(BASE).to_bytes(4, "little") +
             (len(BASE) << 3 | 1).to_bytes(3, "little") + BASE)
    text = config(BASE)
    a.add(sha256(text) + ".json", text)
    a.add("x.tar.zst", frame)
    a.manifest((sha256(text) + ".json", ["team/app:1"], ["x.tar.zst"]))


def untagged(a):
    """Without a name."""
    one(a, tags=None)


def other_layer(a):
    """A layer of other bytes than the config says."""
    a.add(sha256(BASE) + ".tar", TOPS[1])
    a.add(sha256(TOPS[0]) + ".tar", TOPS[0])
    one(a, write=False)


def other_gzip(a):
    """The same, of a compressed layer."""
    text = config(BASE)
    a.add("sha256:" + sha256(text), text)
    a.add("x.tar.gz", gzip.compress(TOPS[0], mtime=0))
    a.manifest(("sha256:" + sha256(text), ["team/app:1"], ["x.tar.gz"]))


def other_config(a):
    """A config of other bytes than its name says."""
    one(a, name="0" * 64 + ".json")


def fewer_layers(a):
    """Fewer layers than the config says."""
    one(a, layers=[sha256(BASE) + ".tar"])


def missing_layer(a):
    """A layer that is not there."""
    a.add(sha256(BASE) + ".tar", BASE)
    one(a, write=False)


def doubled_config(a):
    """Two configs of the same name."""
    a.add("c.json", config(TOPS[1]))
    one(a, name="c.json")


def outside(a):
    """A layer whose name leads outside."""
    a.add("../layer.tar", BASE)
    one(a, layers=["../layer.tar", "/etc/passwd"])


def linked(a):
    """Layers that are links to files of this machine."""
    paths = [sha256(data) + ".tar" for data in (BASE, TOPS[0])]
    a.add(paths[0], kind=tarfile.SYMTYPE, link="/etc/passwd")
    a.add(paths[1], kind=tarfile.LNKTYPE, link="/etc/passwd")
    one(a, write=False)


def device(a):
    """A layer that is a device."""
    a.add(sha256(BASE) + ".tar", kind=tarfile.CHRTYPE)
    a.add(sha256(TOPS[0]) + ".tar", TOPS[0])
    one(a, write=False)


def bomb(a):
    """A layer that expands without end."""
    text = config(BASE)
    a.add("sha256:" + sha256(text), text)
    inner = gzip.compress(bytes(64 << 20), mtime=0)
    a.add("x.tar.gz", gzip.compress(inner, mtime=0))
    a.manifest(("sha256:" + sha256(text), ["team/app:1"], ["x.tar.gz"]))


def two_in_one(a):
    """The config is a layer, too."""
    one(a, name="c.json", layers=["c.json", sha256(TOPS[0]) + ".tar"])


def before_1_10(a):
    """docker save before 1.10: no manifest.json."""
    a.add("repositories", b"{}")


def no_archive(a):
    """Some other tar."""
    a.add("README", b"hello\n")


FORMS = {f.__name__: f for f in (old, new, one, crane, zstd, untagged, other_layer, other_gzip, other_config,
                                 fewer_layers, missing_layer, doubled_config, outside, linked, device,
                                 bomb, two_in_one, before_1_10, no_archive)}

if __name__ == "__main__":
    archive = Archive(sys.argv[2])
    FORMS[sys.argv[1]](archive)
    archive.tar.close()
