#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prove that images are the same, byte for byte, in two registries.

    compare.py MADE.json SOURCE TARGET [--ca FILE]

MADE.json is what images.py printed.  SOURCE and TARGET are addresses, TARGET often with a
prefix: an image "HOST/REPO:TAG" is compared as SOURCE/REPO:TAG with TARGET/REPO:TAG, its tag or
digest, every index and manifest below it, every config and every layer.
Prints one line of counts; says what differs and exits 1 otherwise.
"""
import argparse
import json
import sys
from urllib.parse import urlsplit

from client import DOCUMENTS, Refused, Registry, sha256


class Side:
    """A registry and the prefix below which it holds the images."""

    def __init__(self, address, ca):
        self.registry = Registry(address, ca)
        self._prefix = urlsplit(address).path.strip("/")

    def repo(self, name):
        return f"{self._prefix}/{name}" if self._prefix else name


class Comparison:
    def __init__(self, source, target):
        self.source, self.target = source, target
        self.images = 0
        self.documents, self.blobs = set(), set()

    def image(self, reference, digest):
        name = reference.partition("/")[2]
        repo, _, name = name.partition("@") if "@" in name else name.rpartition(":")
        self.images += 1
        self.document(repo, name, digest)

    def document(self, repo, name, digest):
        """Compare what name, a tag or the digest itself, stands for on both sides."""
        here, media_type = self.source.registry.get_manifest(self.source.repo(repo), name)
        there = self.target.registry.get_manifest(self.target.repo(repo), name)
        if sha256(here) != digest:
            raise Refused(f"{repo}:{name}: the source no longer holds {digest}")
        if there != (here, media_type):
            raise Refused(f"{repo}:{name}: {sha256(there[0])} ({there[1]}) at the target, "
                          f"not {digest} ({media_type})")
        if (repo, digest) in self.documents:
            return
        self.documents.add((repo, digest))
        fields = json.loads(here)
        for child in fields.get("manifests", []):
            if child["mediaType"] in DOCUMENTS:
                self.document(repo, child["digest"], child["digest"])
            else:
                self.blob(repo, child["digest"])
        for blob in [fields["config"], *fields["layers"]] if "config" in fields else []:
            self.blob(repo, blob["digest"])

    def blob(self, repo, digest):
        if (repo, digest) in self.blobs:
            return
        self.blobs.add((repo, digest))
        for side in (self.source, self.target):
            if sha256(side.registry.get_blob(side.repo(repo), digest)) != digest:
                raise Refused(f"{side.repo(repo)}: other bytes than {digest}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("made", type=argparse.FileType())
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--ca")
    given = parser.parse_args()
    both = Comparison(Side(given.source, given.ca), Side(given.target, given.ca))
    made = json.load(given.made)
    if not made:
        sys.exit("compare.py: no images to compare")
    for image in made:
        try:
            both.image(image["ref"], image["digest"])
        except Refused as why:
            sys.exit(f"compare.py: {image['ref']}: {why}")
    print(f"{both.images} images, {len(both.documents)} documents, {len(both.blobs)} blobs "
          "are equal")


if __name__ == "__main__":
    main()
