# SPDX-License-Identifier: Apache-2.0
"""The distribution protocol on a store, with the habits of one kind of registry or another."""
import bisect
import hashlib
import json
import re
from urllib.parse import urlencode

from .store import INDEX, Store
from .wire import Reply, sha256

NAME = r"(?P<name>[a-z0-9]+(?:(?:\.|_|__|-+|/)[a-z0-9]+)*)"
ROUTES = [(re.compile(pattern + "$"), function) for pattern, function in (
    (r"/v2/", "ping"),
    (r"/v2/_catalog", "catalog"),
    (rf"/v2/{NAME}/blobs/uploads/", "uploads"),
    (rf"/v2/{NAME}/blobs/uploads/(?P<key>[0-9a-f]+)", "upload"),
    (rf"/v2/{NAME}/blobs/(?P<digest>[a-z0-9]+:[0-9a-zA-Z]+)", "blob"),
    (rf"/v2/{NAME}/manifests/(?P<reference>[A-Za-z0-9_:.-]+)", "manifest"),
    (rf"/v2/{NAME}/tags/list", "tags"),
    (rf"/v2/{NAME}/referrers/(?P<digest>[a-z0-9]+:[0-9a-zA-Z]+)", "referrers"))]


def error(status, code, message="", detail=None, **headers):
    body = {"errors": [{"code": code, "message": message or code.lower(), "detail": detail}]}
    return Reply(status, json.dumps(body), "application/json",
                 [(name.replace("_", "-"), value) for name, value in headers.items()])


class Registry:
    """Answers requests.  The attributes are habits; tests set them as they like."""

    def __init__(self, store=None):
        self.store = store or Store()
        self.has_catalog = True
        self.has_referrers = True     # the referrers API, and OCI-Subject
        self.page_size = None         # at most so many tags or referrers a page
        self.page_limit = None        # refuse n above it, as some do
        self.takes_patch = True
        self.takes_put_body = True    # the whole blob in the PUT
        self.takes_range = True       # Content-Range with PATCH
        self.wants_range = False      # PATCH without it is an error
        self.chunk_min = None         # OCI-Chunk-Min-Length
        self.chunk_max = None         # larger bodies: 413
        self.says_range = True        # Range in the answers of an upload
        self.one_location = False     # only the newest Location of an upload is good
        self.mounts = True            # False: 202 and an upload instead
        self.immutable_tags = False
        self.read_only = False
        self.checks_children = True
        self.makes_repos = True       # False: 404 NAME_UNKNOWN for unknown ones
        self.allowed_types = None     # media types of manifests, or 415
        self.has_etags = False

    def answer(self, request):
        for pattern, name in ROUTES:
            found = pattern.match(request.path)
            if not found:
                continue
            function = getattr(self, f"{request.method.lower()}_{name}", None)
            if not function and request.method == "HEAD":
                function = getattr(self, f"get_{name}", None)
            if not function or (self.read_only and request.method not in ("GET", "HEAD")):
                return error(405, "UNSUPPORTED", "the operation is unsupported")
            with self.store.lock:
                return function(request, **found.groupdict())
        return error(404, "NOT_FOUND", "no such route")

    def get_ping(self, _):
        return Reply(200, "{}", "application/json",
                     [("Docker-Distribution-API-Version", "registry/2.0")])

    # ---- blobs ----

    def get_blob(self, request, name, digest):
        data = self.store.find_blob(name, digest)
        if data is None:
            return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        return ranged(request, Reply(200, data, "application/octet-stream",
                                     [("Docker-Content-Digest", digest)]))

    def delete_blob(self, _, name, digest):
        gone = self.store.repo(name).blobs.pop(digest, None) is None
        return error(404, "BLOB_UNKNOWN") if gone else Reply(202)

    # ---- uploads ----

    def post_uploads(self, request, name):
        if name not in self.store.repos and not self.makes_repos:
            return error(404, "NAME_UNKNOWN", "repository name not known to registry")
        digest = request.query.get("digest")
        if digest:  # all in one
            return self._commit(name, digest, request.body)
        digest, source = request.query.get("mount"), request.query.get("from")
        if digest and source and self.mounts:
            data = self.store.find_blob(source, digest)
            if data is not None:
                self.store.repo(name).blobs[digest] = data
                return self._created(name, digest)
        return self._uploading(202, self.store.begin(name))

    def _uploading(self, status, key):
        upload = self.store.uploads[key]
        upload.state += 1
        reply = Reply(status, headers=[
            ("Location", f"/v2/{upload.repo}/blobs/uploads/{key}?_state={upload.state}"),
            ("Docker-Upload-UUID", key)])
        if self.says_range:
            reply.set("Range", f"0-{max(len(upload.data) - 1, 0)}")
        if self.chunk_min:
            reply.set("OCI-Chunk-Min-Length", str(self.chunk_min))
        return reply

    def _created(self, name, digest):
        return Reply(201, headers=[("Location", f"/v2/{name}/blobs/{digest}"),
                                   ("Docker-Content-Digest", digest)])

    def _commit(self, name, digest, data):
        if digest_of(digest, data) != digest:
            return error(400, "DIGEST_INVALID",
                         "provided digest did not match uploaded content")
        self.store.repo(name).blobs[digest] = bytes(data)
        return self._created(name, digest)

    def _session(self, request, name, key):
        upload = self.store.uploads.get(key)
        if not upload or upload.repo != name or (
                self.one_location and request.query.get("_state") != str(upload.state)):
            return None
        return upload

    def get_upload(self, request, name, key):
        if not self._session(request, name, key):
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        return self._uploading(204, key)

    def delete_upload(self, request, name, key):
        if not self._session(request, name, key):
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        del self.store.uploads[key]
        return Reply(204)

    def patch_upload(self, request, name, key):
        upload = self._session(request, name, key)
        if not self.takes_patch:
            return error(405, "UNSUPPORTED", "the operation is unsupported")
        if not upload:
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        if self.chunk_max and len(request.body) > self.chunk_max:
            return Reply(413, "<html>413 Request Entity Too Large</html>", "text/html")
        wanted = request.header("Content-Range")
        if wanted is None and self.wants_range and upload.data:
            return error(416, "BLOB_UPLOAD_INVALID", "Content-Range is missing")
        if wanted is not None:
            if not self.takes_range or not re.fullmatch("[0-9]+-[0-9]+", wanted):
                return error(400, "BLOB_UPLOAD_INVALID", "odd Content-Range")
            start, end = map(int, re.findall("[0-9]+", wanted)[:2])
            if start != len(upload.data) or end - start + 1 != len(request.body):
                return self._uploading(416, key)
        upload.data += request.body
        return self._uploading(202, key)

    def put_upload(self, request, name, key):
        upload = self._session(request, name, key)
        if not upload:
            return error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
        if self.chunk_max and len(request.body) > self.chunk_max:
            return Reply(413, "<html>413 Request Entity Too Large</html>", "text/html")
        if request.body and not self.takes_put_body:
            return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
        del self.store.uploads[key]
        return self._commit(name, request.query.get("digest", ""), upload.data + request.body)

    # ---- manifests ----

    def get_manifest(self, request, name, reference):
        found = self.store.repos[name].manifest(reference) if name in self.store.repos else None
        if not found:
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        digest, body, media_type = found
        accept = ",".join(value for key, value in request.headers if key.lower() == "accept")
        if media_type not in re.split(r"\s*,\s*", accept):
            return error(404, "MANIFEST_UNKNOWN", "manifest found, but accept header does not "
                                                  "support its type")
        reply = Reply(200, body, media_type, [("Docker-Content-Digest", digest)])
        if self.has_etags:
            reply.set("ETag", f'"{digest}"')
        return with_length(request, reply)

    def delete_manifest(self, _, name, reference):
        repo = self.store.repo(name)
        gone = repo.manifests.pop(reference, None) or repo.tags.pop(reference, None)
        return Reply(202) if gone else error(404, "MANIFEST_UNKNOWN")

    def put_manifest(self, request, name, reference):
        body, repo = request.body, self.store.repo(name)
        media_type = request.header("Content-Type", "")
        is_tag = ":" not in reference
        digest = sha256(body) if is_tag else digest_of(reference, body)
        if not is_tag and digest != reference:
            return error(400, "DIGEST_INVALID", "provided digest did not match")
        if self.allowed_types is not None and media_type not in self.allowed_types:
            return error(415, "MANIFEST_INVALID", f"media type {media_type} is not supported")
        if is_tag and self.immutable_tags and reference in repo.tags:
            return error(400, "TAG_INVALID", f"the tag {reference} is immutable")
        old = repo.tags.get(reference)
        if request.header("If-Match", f'"{old}"') != f'"{old}"':
            return error(412, "PRECONDITION_FAILED", "the tag has moved")
        missing = self.store.missing(name, body) if self.checks_children else []
        if missing:
            return error(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry",
                         {"digest": missing[0]})
        repo.manifests[digest] = (body, media_type)
        if is_tag:
            repo.tags[reference] = digest
        reply = Reply(201, headers=[("Location", f"/v2/{name}/manifests/{digest}"),
                                    ("Docker-Content-Digest", digest)])
        subject = json.loads(body).get("subject")
        if subject and self.has_referrers:
            reply.set("OCI-Subject", subject["digest"])
        return reply

    # ---- lists ----

    def get_tags(self, request, name):
        if name not in self.store.repos:
            return error(404, "NAME_UNKNOWN", "repository name not known to registry")
        return self._page(request, {"name": name}, "tags", sorted(self.store.repos[name].tags))

    def get_catalog(self, request):
        if not self.has_catalog:
            return error(404, "NOT_FOUND", "page not found")
        return self._page(request, {}, "repositories", sorted(self.store.repos))

    def _page(self, request, fields, member, names):
        n = int(request.query.get("n", 0)) or None
        if n and self.page_limit and n > self.page_limit:
            return error(400, "PAGINATION_NUMBER_INVALID", "n is too large")
        names = names[bisect.bisect_right(names, request.query.get("last", "")):]
        page = names[:min(n or len(names), self.page_size or len(names))]
        reply = Reply(200, json.dumps({**fields, member: page}), "application/json")
        if len(page) < len(names):
            query = urlencode({"n": n or len(page), "last": page[-1]})
            reply.set("Link", f'<{request.path}?{query}>; rel="next"')
        return reply

    def get_referrers(self, request, name, digest):
        if not self.has_referrers:
            return error(404, "NOT_FOUND", "page not found")
        found = self.store.referrers(name, digest)
        start = int(request.query.get("start", 0))
        page = found[start:start + (self.page_size or len(found))]
        body = {"schemaVersion": 2, "mediaType": INDEX, "manifests": page}
        reply = Reply(200, json.dumps(body), INDEX)
        if start + len(page) < len(found):
            reply.set("Link", f"</v2/{name}/referrers/{digest}?start={start + len(page)}>; "
                              'rel="next"')
        return reply


def digest_of(wanted, data):
    """The digest of data with the algorithm of another one."""
    algorithm = wanted.partition(":")[0]
    if algorithm not in ("sha256", "sha512"):
        return None
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def with_length(request, reply):
    """HEAD says how long the body would be."""
    if request.method == "HEAD":
        reply.set("Content-Length", str(len(reply.body)))
    return reply


def ranged(request, reply):
    """The part of a 200 that the request asked for."""
    wanted = re.fullmatch(r"bytes=([0-9]+)-([0-9]*)", request.header("Range", ""))
    size = len(reply.body)
    if not wanted or request.method == "HEAD":
        return with_length(request, reply)
    start, end = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    if start >= size or end < start:
        return Reply(416, headers=[("Content-Range", f"bytes */{size}")])
    reply.status = 206
    reply.body = reply.body[start:end + 1]
    return reply.set("Content-Range", f"bytes {start}-{end}/{size}")
