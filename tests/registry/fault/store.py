# SPDX-License-Identifier: Apache-2.0
"""The store of a registry: blobs, manifests, tags, running uploads."""
import json
import threading
import uuid

INDEX = "application/vnd.oci.image.index.v1+json"


class Repository:
    def __init__(self):
        self.blobs = {}      # digest -> bytes
        self.manifests = {}  # digest -> (bytes, media type)
        self.tags = {}       # tag -> digest

    def manifest(self, reference):
        """(digest, bytes, media type) of a tag or digest, or None."""
        digest = self.tags.get(reference, reference)
        found = self.manifests.get(digest)
        return (digest, *found) if found else None


class Upload:
    def __init__(self, repo):
        self.repo = repo
        self.data = bytearray()
        self.state = 0  # grows with each answer: part of the Location


class Store:
    """Repositories by name.  Guarded by .lock, which the protocol holds for a request."""

    def __init__(self):
        self.lock = threading.RLock()
        self.repos = {}
        self.uploads = {}

    def repo(self, name):
        return self.repos.setdefault(name, Repository())

    def find_blob(self, name, digest):
        return self.repos[name].blobs.get(digest) if name in self.repos else None

    def begin(self, name):
        key = uuid.uuid4().hex
        self.uploads[key] = Upload(name)
        return key

    # ---- filling it and looking into it, for tests ----

    def put_blob(self, name, blob):
        self.repo(name).blobs[blob.digest] = b"".join(blob.pieces)

    def put_manifest(self, name, document, tag=None):
        repo = self.repo(name)
        repo.manifests[document.digest] = (document.data, document.media_type)
        if tag:
            repo.tags[tag] = document.digest

    def digest_of(self, name, tag):
        return self.repos[name].tags.get(tag) if name in self.repos else None

    def forget_blob(self, digest):
        """Out of every repository, as a garbage collection that came too early."""
        for repo in self.repos.values():
            repo.blobs.pop(digest, None)

    # ---- what documents refer to ----

    def missing(self, name, body):
        """Digests that a manifest needs and the repository has not."""
        fields, repo = json.loads(body), self.repo(name)
        blobs = [fields["config"]] if "config" in fields else []
        blobs += fields.get("layers", []) + fields.get("blobs", [])
        gone = [d["digest"] for d in blobs if isinstance(d, dict)
                and d["digest"] not in repo.blobs and not d.get("urls")]
        return gone + [d["digest"] for d in fields.get("manifests", [])
                       if d["digest"] not in repo.manifests and d["digest"] not in repo.blobs]

    def referrers(self, name, digest):
        """Descriptors of the manifests whose subject is this digest."""
        found = []
        repo = self.repo(name)
        for own, (body, media_type) in repo.manifests.items():
            fields = json.loads(body)
            if fields.get("subject", {}).get("digest") != digest:
                continue
            kind = fields.get("artifactType") or fields.get("config", {}).get("mediaType")
            one = {"mediaType": media_type, "digest": own, "size": len(body)}
            if kind:
                one["artifactType"] = kind
            if fields.get("annotations"):
                one["annotations"] = fields["annotations"]
            found.append(one)
        return found
