# SPDX-License-Identifier: Apache-2.0
"""client.py - the few calls of the distribution protocol that tests need.

An independent second opinion: nothing here is shared with the program under test.
Addresses are written "http://HOST:PORT" or "https://USER:PASSWORD@HOST:PORT".
"""
import base64
import hashlib
import http.client
import json
import ssl
import threading
from urllib.parse import unquote, urlencode, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCUMENTS = (INDEX, MANIFEST, DOCKER_LIST, DOCKER_MANIFEST)


class Refused(Exception):
    """The registry answered with another status than the call needs."""


def sha256(*pieces):
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return "sha256:" + digest.hexdigest()


class Registry:
    """One registry.  Threads may share it: each has its own connection."""

    def __init__(self, address, ca=None):
        url = urlsplit(address)
        if url.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SystemExit(f"{url.hostname} is not on this machine: tests stay on loopback")
        self.host = f"{url.hostname}:{url.port}"
        self._url = url
        self._tls = ssl.create_default_context(cafile=ca) if url.scheme == "https" else None
        self._headers = {"User-Agent": "sealift-tests"}
        if url.username:
            pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        self._local = threading.local()

    def _connection(self):
        if not hasattr(self._local, "connection"):
            if self._tls:
                made = http.client.HTTPSConnection(self._url.hostname, self._url.port,
                                                   timeout=120, context=self._tls)
            else:
                made = http.client.HTTPConnection(self._url.hostname, self._url.port, timeout=120)
            self._local.connection = made
        return self._local.connection

    def call(self, method, path, want, body=None, **headers):
        """Return (response, body); a status that is not in want is an error."""
        connection = self._connection()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {**self._headers, **named})
        response = connection.getresponse()
        data = response.read()
        if response.status not in want:
            raise Refused(f"{method} {path}: {response.status} {data[:300]!r}")
        return response, data

    def get_manifest(self, repo, name):
        """Return (bytes, media type) of a tag or digest."""
        response, data = self.call("GET", f"/v2/{repo}/manifests/{name}", (200,),
                                   Accept=", ".join(DOCUMENTS))
        return data, response.getheader("Content-Type", "").partition(";")[0]

    def get_blob(self, repo, digest):
        return self.call("GET", f"/v2/{repo}/blobs/{digest}", (200,))[1]

    def has_blob(self, repo, digest):
        response, _ = self.call("HEAD", f"/v2/{repo}/blobs/{digest}", (200, 404))
        return response.status == 200

    def tags(self, repo):
        response, data = self.call("GET", f"/v2/{repo}/tags/list", (200, 404))
        return json.loads(data)["tags"] or [] if response.status == 200 else []

    def catalog(self):
        return json.loads(self.call("GET", "/v2/_catalog?n=1000", (200,))[1])["repositories"]

    def put_blob(self, repo, digest, size, pieces, source=None):
        """Store a blob; source names a repository of this registry that has it already."""
        if self.has_blob(repo, digest):
            return
        query = "?" + urlencode({"mount": digest, "from": source}) if source else ""
        response, _ = self.call("POST", f"/v2/{repo}/blobs/uploads/{query}", (201, 202),
                                Content_Length="0")
        if response.status == 201:
            return
        place = urlsplit(response.getheader("Location"))
        query = place.query + ("&" if place.query else "") + urlencode({"digest": digest})
        self.call("PUT", f"{place.path}?{query}", (201,), iter(pieces),
                  Content_Length=str(size), Content_Type="application/octet-stream")

    def put_manifest(self, repo, name, data, media_type):
        self.call("PUT", f"/v2/{repo}/manifests/{name}", (201,), data, Content_Type=media_type)


def split_reference(text):
    """"http://HOST:PORT/REPO:TAG" -> (address, repo, tag or digest)"""
    scheme, _, rest = text.partition("://")
    host, _, path = rest.partition("/")
    if "@" in path:
        repo, _, name = path.partition("@")
    else:
        repo, _, name = path.rpartition(":")
    return f"{scheme}://{host}", repo, name
