# SPDX-License-Identifier: Apache-2.0
"""Images for tests: objects whose bytes follow from their name, put into a store."""
import json
import random

from client import INDEX
from images import (EMPTY, OCI_CONFIG, OCI_LAYER, PLATFORMS, Blob, Document, json_blob,
                    platform)


class Picture:
    """The objects of one name: documents, children first, and blobs."""

    def __init__(self, name, documents, blobs):
        self.name = name                     # "app:1", without a host
        self.repo, _, self.tag = name.partition(":")
        self.documents = documents           # Document, the top one last
        self.blobs = blobs                   # Blob: configs and layers
        self.origin = None                   # where it is served

    @property
    def top(self):
        return self.documents[-1]

    @property
    def layers(self):
        return [blob for blob in self.blobs if blob.media_type not in (OCI_CONFIG, EMPTY)]

    @property
    def layer(self):
        return self.layers[0]

    @property
    def config(self):
        return next(blob for blob in self.blobs if blob.media_type in (OCI_CONFIG, EMPTY))

    @property
    def ref(self):
        return f"{self.origin.host}/{self.name}"

    def put(self, store, repo=None):
        for blob in self.blobs:
            store.put_blob(repo or self.repo, blob)
        for document in self.documents:
            store.put_manifest(repo or self.repo, document)
        store.repo(repo or self.repo).tags[self.tag] = self.top.digest

    def bytes_of(self):
        """digest -> bytes of everything."""
        return {one.digest: b"".join(one.pieces) for one in (*self.documents, *self.blobs)}


def layer(name, size, media_type=OCI_LAYER):
    return Blob([random.Random(name).randbytes(size)], media_type)


def manifest(config, layers, **more):
    fields = {"config": config.descriptor(), "layers": [one.descriptor() for one in layers]}
    return Document({**fields, **more}, more.pop("mediaType", "application/vnd.oci.image."
                                                              "manifest.v1+json"))


def image(name, layers=1, size=3000, where=PLATFORMS[0], seed="", **more):
    """One platform, so many layers of that size; more: fields of the manifest."""
    parts = [layer(f"{seed}{name}/{n}", size) for n in range(layers)]
    config = json_blob({**platform(where), "config": {"Labels": {"name": name}},
                        "rootfs": {"type": "layers", "diff_ids": [one.digest for one in parts]}},
                       OCI_CONFIG)
    return Picture(name, [manifest(config, parts, **more)], [config, *parts])


def index(name, platforms=2, layers=1, size=3000, shared=0, **more):
    """So many platforms; the first "shared" layers of each are the same."""
    documents, blobs, children = [], [], []
    for where in PLATFORMS[:platforms]:
        common = [layer(f"{name}/shared/{n}", size) for n in range(shared)]
        own = [layer(f"{name}/{where}/{n}", size) for n in range(layers)]
        config = json_blob({**platform(where), "config": {"Labels": {"name": name}}}, OCI_CONFIG)
        documents.append(manifest(config, common + own))
        blobs += [config, *common, *own]
        children.append(documents[-1].descriptor(platform=platform(where)))
    top = Document({"manifests": children, **more}, INDEX)
    return Picture(name, [*documents, top], list({b.digest: b for b in blobs}.values()))


def artifact(name, data=b"read me\n", kind="application/vnd.example.notes", **more):
    """One file with the empty config."""
    empty, file = Blob([b"{}"], EMPTY), Blob([data], "text/plain")
    return Picture(name, [manifest(empty, [file], artifactType=kind, **more)], [empty, file])


def raw_document(fields, media_type):
    """A document of exactly these bytes (or fields), whatever they mean."""
    document = Document({}, media_type)
    document.pieces = [fields if isinstance(fields, bytes) else json.dumps(fields).encode()]
    made = Blob(document.pieces, media_type)
    document.digest, document.size = made.digest, made.size
    return document
