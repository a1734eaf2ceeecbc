#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fill a registry on loopback with images that are made on the spot.

    images.py shapes ADDRESS [--only NAME]...   one image of every shape there is
    images.py fleet ADDRESS [sizes]             many images with shared layers
    images.py list                              the names of the shapes

ADDRESS is http://HOST:PORT or https://USER:PASSWORD@HOST:PORT (with --ca FILE).
Prints a JSON list of {"shape", "ref", "digest"}: what a copy has to reproduce.

Every byte follows from --seed and the name of the thing, so two runs, or two registries,
get the same digests.  Needs nothing but python3.
"""
import argparse
import json
import random
import struct
import sys
import tarfile
import zlib
from concurrent.futures import ThreadPoolExecutor

from client import DOCKER_LIST, DOCKER_MANIFEST, INDEX, MANIFEST, Registry, sha256

PLATFORMS = ("linux/amd64", "linux/arm64/v8", "linux/arm/v7", "linux/s390x", "linux/ppc64le",
             "linux/386", "linux/riscv64", "linux/arm/v6")
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
EMPTY = "application/vnd.oci.empty.v1+json"
HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
HELM_CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
IN_TOTO = "application/vnd.in-toto+json"
MIB = 1 << 20


class Blob:
    """Bytes in pieces, so that a layer of gigabytes is never joined."""

    def __init__(self, pieces, media_type):
        self.pieces = list(pieces)
        self.media_type = media_type
        self.digest = sha256(*self.pieces)
        self.size = sum(map(len, self.pieces))

    def descriptor(self, **more):
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size, **more}


class Document(Blob):
    """An index or manifest: exactly these bytes, whatever their spacing."""

    def __init__(self, fields, media_type, odd=False):
        fields = {"schemaVersion": 2, "mediaType": media_type, **fields}
        if odd:
            text = json.dumps(fields, indent=3, sort_keys=True, separators=(" ,", " :  ")) + "\n\n"
        else:
            text = json.dumps(fields, separators=(",", ":"))
        super().__init__([text.encode()], media_type)

    @property
    def data(self):
        return self.pieces[0]


def platform(text):
    words = text.split("/")
    return dict(zip(("os", "architecture", "variant"), words))


def json_blob(fields, media_type):
    return Blob([json.dumps(fields).encode()], media_type)


def stored_gzip(pieces):
    """A valid gzip stream without compression: the same bytes with every zlib."""
    crc = size = 0
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        for start in range(0, len(piece), 65535):
            part = piece[start:start + 65535]
            yield struct.pack("<BHH", 0, len(part), len(part) ^ 0xFFFF) + part
    yield struct.pack("<BHHII", 1, 0, 0xFFFF, crc, size & 0xFFFFFFFF)


def random_pieces(seed, size):
    source = random.Random(seed)
    for start in range(0, size, MIB):
        yield source.randbytes(min(MIB, size - start))


def tar_pieces(name, size, body):
    head = tarfile.TarInfo(name)
    head.size = size
    yield head.tobuf(tarfile.USTAR_FORMAT)
    yield from body
    yield bytes(-size % 512 + 1024)


class Maker:
    """Makes images and puts them into one registry."""

    def __init__(self, registry, seed):
        self.registry = registry
        self.seed = seed
        self.made = []
        self._workers = ThreadPoolExecutor(4)
        self._home = {}  # digest -> a repository that has it

    def layer(self, name, size, media_type=OCI_LAYER, file="data"):
        tar = list(tar_pieces(file, size, random_pieces(f"{self.seed}/{name}", size)))
        layer = Blob(stored_gzip(tar), media_type)
        layer.diff_id = sha256(*tar)
        return layer

    def put(self, repo, *blobs):
        def store(blob):
            source = self._home.get(blob.digest)
            self.registry.put_blob(repo, blob.digest, blob.size, blob.pieces,
                                   source if source != repo else None)
            self._home.setdefault(blob.digest, repo)
        list(self._workers.map(store, {blob.digest: blob for blob in blobs}.values()))

    def tag(self, repo, tag, document, shape=None):
        """Store a document under a tag; with a shape it is one that has to be carried."""
        self.registry.put_manifest(repo, tag, document.data, document.media_type)
        if shape:
            self.made.append({"shape": shape, "ref": f"{self.registry.host}/{repo}:{tag}",
                              "digest": document.digest})

    def keep(self, repo, document):
        """Store a document without a tag and return it."""
        self.registry.put_manifest(repo, document.digest, document.data, document.media_type)
        return document

    def manifest(self, repo, config, layers, media_type=MANIFEST, odd=False, **more):
        """Store config and layers; return the manifest, which is not stored yet."""
        self.put(repo, config, *layers)
        return Document({"config": config.descriptor(),
                         "layers": [layer.descriptor() for layer in layers], **more},
                        media_type, odd)

    def image(self, repo, where, layers, docker=False, odd=False):
        """Store a runnable image but its manifest, which is returned."""
        fields = {**platform(where), "config": {"Cmd": ["/data"]},
                  "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
                  "history": [{"created_by": "COPY data /"} for _ in layers]}
        config = json_blob(fields, DOCKER_CONFIG if docker else OCI_CONFIG)
        return self.manifest(repo, config, layers, DOCKER_MANIFEST if docker else MANIFEST, odd)


def children(*pairs):
    """[(document, platform or None)] as the manifests of an index."""
    return [document.descriptor(**({"platform": platform(where)} if where else {}))
            for document, where in pairs]


# One function a shape.  Each stores one top-level document and may hang others on it.

def make_index(maker, shape):
    """An OCI index over five platforms with BuildKit's attestation, oddly spaced."""
    repo = "team/web"
    base = maker.layer("web/base", 30000)
    pairs = [(maker.keep(repo, maker.image(repo, where, [base, maker.layer(f"web/{where}", 5000)])),
              where) for where in PLATFORMS[:5]]
    statement = json_blob({"_type": "https://in-toto.io/Statement/v0.1",
                           "predicateType": "https://slsa.dev/provenance/v0.2"}, IN_TOTO)
    config = json_blob({"architecture": "unknown", "os": "unknown",
                        "rootfs": {"type": "layers", "diff_ids": [statement.digest]}}, OCI_CONFIG)
    attestation = maker.keep(repo, maker.manifest(repo, config, [statement]))
    manifests = children(*pairs, (attestation, "unknown/unknown"))
    manifests[-1]["annotations"] = {"vnd.docker.reference.type": "attestation-manifest",
                                    "vnd.docker.reference.digest": pairs[0][0].digest}
    index = Document({"manifests": manifests}, INDEX, odd=True)
    maker.tag(repo, "1.4", index, shape)

    # Attached by other tools, by subject and by cosign's tag.
    sbom = json_blob({"spdxVersion": "SPDX-2.3"}, "application/spdx+json")
    referrer = maker.keep(repo, maker.manifest(repo, Blob([b"{}"], EMPTY), [sbom],
                                               artifactType="application/spdx+json",
                                               subject=index.descriptor()))
    name = index.digest.replace(":", "-")
    maker.tag(repo, name, Document({"manifests": children((referrer, None))}, INDEX))
    payload = json_blob({"critical": {"image": {"docker-manifest-digest": index.digest}}},
                        "application/vnd.dev.cosign.simplesigning.v1+json")
    maker.tag(repo, name + ".sig", maker.manifest(repo, json_blob({}, OCI_CONFIG), [payload]))


def make_docker_list(maker, shape):
    """A Docker manifest list over four platforms; list and manifests are oddly spaced."""
    repo = "team/api"
    pairs = [(maker.keep(repo, maker.image(repo, where,
                                           [maker.layer(f"api/{where}", 4000, DOCKER_LAYER)],
                                           docker=True, odd=True)), where)
             for where in PLATFORMS[:4]]
    maker.tag(repo, "latest", Document({"manifests": children(*pairs)}, DOCKER_LIST, odd=True),
              shape)


def make_chart(maker, shape):
    """A Helm chart."""
    repo = "charts/shop"
    config = json_blob({"name": "shop", "version": "0.1.0", "apiVersion": "v2"}, HELM_CONFIG)
    chart = maker.layer("shop", 1500, HELM_CHART, "shop/Chart.yaml")
    maker.tag(repo, "0.1.0", maker.manifest(repo, config, [chart]), shape)


def make_docker_single(maker, shape):
    """One Docker manifest without a list."""
    repo = "library/tool"
    layers = [maker.layer(f"tool/{n}", 3000, DOCKER_LAYER) for n in range(2)]
    maker.tag(repo, "v2", maker.image(repo, PLATFORMS[0], layers, docker=True), shape)


def make_nested(maker, shape):
    """An index inside an index inside an index."""
    repo = "nested"
    deepest = maker.keep(repo, maker.image(repo, PLATFORMS[0], [maker.layer("nested/a", 2000)]))
    middle = maker.keep(repo, maker.image(repo, PLATFORMS[1], [maker.layer("nested/b", 2000)]))
    inner = maker.keep(repo, Document({"manifests": children((deepest, PLATFORMS[0]))}, INDEX))
    outer = maker.keep(repo, Document({"manifests": children((inner, None), (middle, None))},
                                      INDEX, odd=True))
    maker.tag(repo, "deep", Document({"manifests": children((outer, None))}, INDEX), shape)


def make_artifact(maker, shape):
    """An artifact with the empty config and an empty file."""
    repo = "files/notes"
    files = [Blob([b"read me\n"], "text/plain"), Blob([b""], "text/plain")]
    maker.tag(repo, "any", maker.manifest(repo, Blob([b"{}"], EMPTY), files,
                                          artifactType="application/vnd.example.notes"), shape)


def make_twice(maker, shape):
    """An image that has the same layer twice, as "ADD x /" written twice gives."""
    repo = "twice"
    layer = maker.layer("twice", 3000)
    maker.tag(repo, "v1", maker.image(repo, PLATFORMS[1], [layer, layer]), shape)


def make_alias(maker, shape):
    """One image under two names, one of them deep, and a tag of all legal characters."""
    layer = maker.layer("alias", 2500)
    for repo, tag in (("alias", "Z_a.B-c__9"), ("alias/very/deep/in-side/a_path/x.y", "v1")):
        maker.tag(repo, tag, maker.image(repo, PLATFORMS[0], [layer]), shape)


def make_cache(maker, shape):
    """BuildKit's cache: an index whose children are layers and a config, not manifests."""
    repo = "build/cache"
    layers = [maker.layer(f"cache/{n}", 2000) for n in range(2)]
    config = json_blob({"layers": [{"blob": layer.digest} for layer in layers]},
                       "application/vnd.buildkit.cacheconfig.v0")
    maker.put(repo, config, *layers)
    index = Document({"manifests": children(*((blob, None) for blob in (*layers, config)))}, INDEX)
    maker.tag(repo, "main", index, shape)


def make_unknown(maker, shape):
    """Unknown media types for config and layers."""
    repo = "odd/things"
    config = json_blob({"schemaVersion": 1}, "application/x-config")
    things = [Blob([b"\x00\xff\x00"], "application/vnd.example.thing+weird"),
              json_blob({"schemaVersion": 2, "mediaType": MANIFEST, "layers": []},
                        "application/vnd.example.looks-like-a-manifest")]
    maker.tag(repo, "1", maker.manifest(repo, config, things), shape)


SHAPES = {
    "index": make_index,
    "docker-list": make_docker_list,
    "chart": make_chart,
    "docker-single": make_docker_single,
    "nested": make_nested,
    "artifact": make_artifact,
    "twice": make_twice,
    "alias": make_alias,
    "cache": make_cache,
    "unknown": make_unknown,
}


def make_fleet(maker, sizes):
    """Images of many platforms; the first layers of a platform are the same in all of them."""
    platforms = PLATFORMS[:sizes.platforms]
    for number in range(sizes.images):
        repo = f"fleet/image{number:03d}"
        pairs = []
        for where in platforms:
            layers = []
            for n in range(sizes.layers):
                owner = "shared" if n < sizes.shared else repo
                layers.append(maker.layer(f"{owner}/{where}/{n}", sizes.layer_bytes))
                maker.put(repo, layers[-1])
                layers[-1].pieces = []  # stored: free the memory
            pairs.append((maker.keep(repo, maker.image(repo, where, layers)), where))
        maker.tag(repo, "v1", Document({"manifests": children(*pairs)}, INDEX), "fleet")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["shapes", "fleet", "list"])
    parser.add_argument("address", nargs="?")
    parser.add_argument("--only", action="append", choices=SHAPES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ca", help="PEM file with the authority that signed the registry")
    for name, default in (("images", 20), ("platforms", 2), ("layers", 3),
                          ("layer-bytes", 65536), ("shared", 1)):
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N")
    given = parser.parse_args()
    if given.what != "list" and not given.address:
        parser.error("ADDRESS is missing")
    if not 1 <= given.platforms <= len(PLATFORMS):
        parser.error(f"--platforms goes from 1 to {len(PLATFORMS)}")
    return given


def main():
    given = arguments()
    if given.what == "list":
        for name, make in SHAPES.items():
            print(f"{name:14} {make.__doc__.splitlines()[0]}")
        return
    maker = Maker(Registry(given.address, given.ca), given.seed)
    if given.what == "fleet":
        make_fleet(maker, given)
    else:
        for name in given.only or SHAPES:
            SHAPES[name](maker, name)
    json.dump(maker.made, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
