#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""attached_repo.py - a repository with what other tools attached to its images, at either end of a copy.

    attached_repo.py fill ADDRESS REPO LAYOUT     store the OCI layout of a whole repository
    attached_repo.py check ADDRESS REPO LAYOUT COSIGN.PUB NOTATION.CRT [IMAGE...]

check looks for everything that is attached in LAYOUT to these images (default: all), and to what
is attached to them: the same bytes, under the same tags, in the lists of referrers; and verifies
all signatures with openssl, as cosign and notation do: by these keys, over the digest of the
subject.  It prints what it found, or what is wrong with exit status 1.
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../registry"))
from client import DOCUMENTS, INDEX, Refused, Registry  # noqa: E402

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
JWS = "application/jose+json"
SIGNATURE = "dev.cosignproject.cosign/signature"


class Wrong(Exception):
    """Something is missing or differs."""


def check(condition, what):
    if not condition:
        raise Wrong(what)


class Layout:
    """The documents of a layout, and the tags of its index."""

    def __init__(self, folder):
        self._blobs = os.path.join(folder, "blobs", "sha256")
        with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
            entries = json.load(file)["manifests"]
        self.tags = {entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"]
                     for entry in entries if "annotations" in entry
                     and "org.opencontainers.image.ref.name" in entry["annotations"]}
        self.documents = {entry["digest"]: json.loads(self.bytes_of(entry["digest"]))
                          for entry in entries}

    def bytes_of(self, digest):
        with open(os.path.join(self._blobs, digest.partition(":")[2]), "rb") as file:
            return file.read()

    @staticmethod
    def blobs(document):
        """Config and layers, as descriptors."""
        return [*([document["config"]] if "config" in document else []),
                *document.get("layers", [])]

    def images(self):
        """The digests of indexes that have a tag of their own, and of their children."""
        tops = [digest for tag, digest in self.tags.items() if not tag.startswith("sha256-")]
        return tops + [child["digest"] for top in tops
                       for child in self.documents[top].get("manifests", [])]

    def attached(self, subjects):
        """[(digest, subject, tag or None)] of what is attached to these digests, recursively."""
        found, todo = [], list(subjects)
        while todo:
            subject = todo.pop()
            base = subject.replace(":", "-")
            more = [(digest, subject, tag) for tag, digest in self.tags.items()
                    if tag.startswith(base + ".")]
            more += [(digest, subject, None) for digest, document in self.documents.items()
                     if document.get("subject", {}).get("digest") == subject]
            todo += [digest for digest, _, tag in more if not tag]
            found += more
        return found


def fill(registry, repo, layout):
    for digest, document in layout.documents.items():
        for blob in layout.blobs(document):
            data = layout.bytes_of(blob["digest"])
            registry.put_blob(repo, blob["digest"], len(data), [data])
    for digest, document in sorted(layout.documents.items(),
                                   key=lambda item: "manifests" in item[1]):
        tags = [tag for tag, tagged in layout.tags.items() if tagged == digest]
        for name in tags or [digest]:
            registry.put_manifest(repo, name, layout.bytes_of(digest), document["mediaType"])


# ---- signatures ----

def verify(key, data, signature, *options):
    """openssl accepts the signature by the public key over the data."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("data", data), ("signature", signature), ("key", key)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        run = subprocess.run(["openssl", "dgst", "-sha256", "-verify", "key", *options,
                              "-signature", "signature", "data"], cwd=folder,
                             capture_output=True, check=False)
    check(run.returncode == 0, "invalid signature")


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify_envelope(key, envelope, subject):
    """DSSE, with a statement of in-toto about the subject."""
    kind, payload = envelope["payloadType"], base64.b64decode(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    verify(key, signed, base64.b64decode(envelope["signatures"][0]["sig"]))
    check({"sha256": subject.partition(":")[2]}
          in [one["digest"] for one in json.loads(payload)["subject"]],
          "the statement is about something else")


def verify_simple(key, layer, data, subject):
    """What cosign 2 puts under .sig: the signature is in an annotation."""
    verify(key, data, base64.b64decode(layer["annotations"][SIGNATURE]))
    check(json.loads(data)["critical"]["image"]["docker-manifest-digest"] == subject,
          "the signature is about something else")


def verify_notation(key, data, subject):
    """JWS with PS256."""
    jws = json.loads(data)
    verify(key, f"{jws['protected']}.{jws['payload']}".encode(), unpadded(jws["signature"]),
           "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
    check(json.loads(unpadded(jws["payload"]))["targetArtifact"]["digest"] == subject,
          "the signature is about something else")


def kind_of(document, tag):
    layer = document["layers"][0]["mediaType"]
    if tag:
        return tag.rpartition(".")[2]
    return {BUNDLE: "bundle", JWS: "notation"}.get(layer, "artifact")


class End:
    """A repository of a registry, and the keys that its signatures are verified with."""

    def __init__(self, registry, repo, cosign, notation):
        self._registry = registry
        self._repo = repo
        with open(cosign, "rb") as file:
            self._cosign = file.read()
        self._notation = subprocess.run(["openssl", "x509", "-in", notation, "-noout", "-pubkey"],
                                        capture_output=True, check=True).stdout

    def check_document(self, layout, digest, tag):
        data, kind = self._registry.get_manifest(self._repo, tag or digest)
        check(data == layout.bytes_of(digest), "it has other bytes")
        check(kind in DOCUMENTS, f"it has the type {kind}")
        for blob in layout.blobs(layout.documents[digest]):
            check(self._registry.get_blob(self._repo, blob["digest"])
                  == layout.bytes_of(blob["digest"]), f"{blob['digest']} has other bytes")

    def check_listed(self, layout, digest, subject):
        data, kind = self._registry.get_manifest(self._repo, subject.replace(":", "-"))
        check(kind == INDEX, "the list of referrers is something else")
        document = layout.documents[digest]
        want = {"mediaType": document["mediaType"], "digest": digest,
                "size": len(layout.bytes_of(digest)),
                "artifactType": document.get("artifactType", document["config"]["mediaType"]),
                "annotations": document.get("annotations", {})}
        got = [{"annotations": {}, **entry} for entry in json.loads(data)["manifests"]
               if entry["digest"] == digest]
        check(got == [want], f"the list of referrers has {got}")

    def check_signature(self, document, subject, tag):
        layer = document["layers"][0]
        data = self._registry.get_blob(self._repo, layer["digest"])
        kind = kind_of(document, tag)
        if kind == "sig":
            verify_simple(self._cosign, layer, data, subject)
        elif kind == "att":
            verify_envelope(self._cosign, json.loads(data), subject)
        elif kind == "bundle":
            verify_envelope(self._cosign, json.loads(data)["dsseEnvelope"], subject)
        elif kind == "notation":
            verify_notation(self._notation, data, subject)
        return kind


def look(registry, repo, layout, cosign, notation, *images):
    end, kinds = End(registry, repo, cosign, notation), Counter()
    for digest, subject, tag in layout.attached(images or layout.images()):
        try:
            end.check_document(layout, digest, tag)
            if not tag:
                end.check_listed(layout, digest, subject)
            kinds[end.check_signature(layout.documents[digest], subject, tag)] += 1
        except (Wrong, Refused) as why:
            sys.exit(f"{tag or digest}: {why}")
    print(" ".join(f"{kind}:{count}" for kind, count in sorted(kinds.items())))


def main():
    what, address, repo, folder, *more = sys.argv[1:]
    {"fill": fill, "check": look}[what](Registry(address), repo, Layout(folder), *more)


if __name__ == "__main__":
    main()
