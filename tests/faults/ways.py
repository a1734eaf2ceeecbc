# SPDX-License-Identifier: Apache-2.0
"""Blobs that go up: every way in which registries, and proxies before them, take them."""
import re

from harness import *

MIB = 1 << 20
LARGE = 3 * MIB  # more than what goes with one PUT
UPLOADS = "/blobs/uploads/"


def patches(lab):
    return lab.registry.find("PATCH", UPLOADS)


def ranges(lab):
    return [e.header("Content-Range") for e in patches(lab)]


@case("patch-unsupported")
def no_patch(lab):
    "a registry that does not know PATCH is asked once, then only by PUT"
    app = image("app:1", layers=4, size=LARGE)
    lab.registry.handler.takes_patch = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(patches(lab)), 1, "PATCH requests")


@case("patch-unsupported")
def no_patch_for_all(lab):
    "several workers learn it at the same time"
    app = image("app:1", layers=8, size=LARGE)
    lab.registry.handler.takes_patch = False
    lab.push(app, jobs=8).ok()
    lab.landed(app)


@case("patch-unsupported")
def patch_not_found(lab):
    "a registry that answers 404 to every PATCH"
    app = image("app:1", layers=3, size=LARGE)
    lab.registry.on("PATCH", UPLOADS, denied(404, "BLOB_UPLOAD_UNKNOWN"))
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(patches(lab)), 2, "PATCH requests")


@case("put-body-unsupported")
def no_put_body(lab):
    "a registry that does not take a body with PUT is asked once, then only by PATCH"
    app = image("app:1", layers=4, size=5000)
    lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len([e for e in lab.registry.find("PUT", UPLOADS) if e.size]), 1,
         "PUT requests with a body")


@case("put-body-unsupported")
def no_put_body_for_all(lab):
    "several workers learn it at the same time"
    app = image("app:1", layers=8, size=5000)
    lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=8).ok()
    lab.landed(app)


@case("patch-unsupported", "put-body-unsupported")
def no_way(lab):
    "a registry that takes nothing is given up soon"
    app = image("app:1", size=LARGE)
    lab.registry.handler.takes_patch = lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=1).fails("protocol", "405")
    check(len(lab.registry.find("POST", UPLOADS)) <= 8, "few sessions")


@case("proxy-limits-body")
def proxy_limit(lab):
    "a proxy that refuses bodies above 1 MiB: smaller pieces, learnt once"
    app = image("app:1", layers=3, size=LARGE + 17)
    lab.registry.handler.chunk_max = MIB
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    refused = lab.registry.find("PATCH|PUT", UPLOADS)
    check(len([e for e in refused if e.status == 413]) <= 2, "refusals")
    check(all(e.header("Content-Length") for e in refused), "every body has a length")


@case("proxy-limits-body")
def proxy_limit_small(lab):
    "a proxy that refuses even small bodies is an error with a hint"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = 100000
    lab.push(app, jobs=1).fails("protocol", "413", hint="client_max_body_size")
    check(lab.registry.count("PATCH", UPLOADS) <= 5, "few tries")


@case("proxy-limits-body")
def proxy_limit_for_puts(lab):
    "a blob that goes with PUT elsewhere is sent in pieces too"
    app = image("app:1", size=900000)
    lab.registry.handler.chunk_max = 600000
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("chunk-minimum")
def chunk_min(lab):
    "pieces that are not the last one are as large as the registry wants"
    app = image("app:1", size=5 * MIB)
    lab.registry.handler.chunk_min = 2 * MIB
    lab.registry.handler.chunk_max = 2 * MIB
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    taken = [e.size for e in patches(lab) if e.status == 202]
    check(all(size >= 2 * MIB for size in taken[:-1]), f"pieces: {taken}")


@case("chunk-minimum")
def chunk_min_too_large(lab):
    "a registry that wants larger pieces than its proxy takes"
    app = image("app:1", size=5 * MIB)
    lab.registry.handler.chunk_min = 4 * MIB
    lab.registry.handler.chunk_max = 2 * MIB
    lab.push(app, jobs=1).fails("protocol", "413", hint="client_max_body_size")


@case("chunk-lost")
def resync(lab):
    "a piece that is refused with 416: what is there is asked for"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = MIB
    lab.registry.on("PATCH", UPLOADS, done_but(416), nth=4)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    check(lab.registry.count("GET", UPLOADS) == 1, "the state was asked for")
    check(all(re.fullmatch("[0-9]+-[0-9]+", text) for text in ranges(lab) if text),
          "ranges are written without a unit")


def break_off(lab, size):
    """Keep so many bytes of a PATCH, then break the connection."""
    def fault(request, _):
        data = request.read_some(size)
        for upload in lab.registry.store.uploads.values():
            upload.data += data
        request.connection.reset()
    return fault


@case("chunk-lost")
def resumed(lab):
    "a large blob goes on where the connection broke"
    app = image("app:1", size=65 * MIB)
    lab.registry.on("PATCH", UPLOADS, break_off(lab, 40 * MIB), nth=[1], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same([e.size for e in patches(lab)][1:], [25 * MIB], "bytes of the second PATCH")
    same(ranges(lab), [None, f"{40 * MIB}-{65 * MIB - 1}"], "ranges")


@case("chunk-lost")
def resumed_in_vain(lab):
    "a large blob begins anew where the registry takes no ranges"
    app = image("app:1", size=65 * MIB)
    lab.registry.handler.takes_range = False
    lab.registry.on("PATCH", UPLOADS, break_off(lab, MIB), nth=[1], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def empty_range(lab):
    "an upload without anything in it says 0-0"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH", UPLOADS, status(416), times=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def no_range(lab):
    "a registry that never says what it has got"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = MIB
    lab.registry.handler.says_range = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def stale_range(lab):
    "a registry that answers a PATCH with 201 and says the wrong thing"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = MIB

    def stale(reply):
        reply.status = 201 if reply.status == 202 else reply.status
        reply.set("Range", "0-5")
    lab.registry.on("PATCH", UPLOADS, change(stale))
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-session-lost")
def lost_session(lab):
    "a session that is forgotten is begun anew"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH", UPLOADS, then(lambda _: lab.registry.store.uploads.clear(), None),
                    times=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-session-lost")
def always_lost(lab):
    "a registry that forgets every session is given up"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH|PUT", UPLOADS,
                    then(lambda _: lab.registry.store.uploads.clear(), None))
    lab.push(app, jobs=1).fails("not-found", "BLOB_UPLOAD_UNKNOWN")
    check(lab.registry.count("POST", UPLOADS) <= 6, "few sessions")


@case("upload-session-lost")
def broken_patch(lab):
    "a connection that breaks in the middle of a PATCH, at a registry that drops the session"
    app = image("app:1", size=LARGE)

    def forget(request, _):
        request.read_some(MIB)
        lab.registry.store.uploads.clear()
        request.connection.reset()
    lab.registry.on("PATCH", UPLOADS, forget, times=1, early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("commit-succeeds-despite-error")
def late_commit(lab):
    "a commit that a proxy gives up on, and that was done: nothing is sent again"
    app = image("app:1", size=LARGE)
    lab.registry.on("PUT", UPLOADS, done_but(504, "<html>", "text/html"))
    lab.push(app).ok()
    lab.landed(app)
    same(len(patches(lab)), 1, "PATCH requests")


@case("commit-refused-blob-present")
def refused_commit(lab):
    "a commit that is refused, of a blob that is there: nothing is sent again"
    for size in (2000, LARGE):
        app = image("app:1", size=size)
        for code, error in ((400, "DIGEST_INVALID"), (400, "SIZE_INVALID"), (403, "DENIED"),
                            (404, "BLOB_UPLOAD_UNKNOWN"), (409, "CONFLICT"), (415, "UNSUPPORTED"),
                            (500, "UNKNOWN")):
            lab.registry.store.repos.clear()
            lab.again()
            lab.registry.on("PUT", f"{UPLOADS}.*{app.layer.digest[7:]}",
                            done_but(code, '{"errors":[{"code":"%s"}]}' % error))
            lab.push(app, options=["--retries", "0"]).ok()
            lab.landed(app)
            same(lab.registry.count("PUT", app.layer.digest[7:]), 1, f"commits, refused with {code}")
    lab.registry.store.repos.clear()
    lab.again()
    lab.registry.on("PUT", f"{UPLOADS}.*{app.layer.digest[7:]}", denied(409, "CONFLICT"))
    lab.registry.on("GET|HEAD", app.layer.digest, status(403))
    lab.push(app, options=["--retries", "0"]).fails("protocol", "CONFLICT")


@case("commit-succeeds-despite-error")
def cut_commit(lab):
    "a commit whose answer is lost"
    app = image("app:1", size=LARGE)

    def cut(request, proceed):
        proceed()
        request.connection.reset()
    lab.registry.on("PUT", UPLOADS, cut, nth=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(lab.registry.find("PUT", UPLOADS)), 2, "commits")


@case("commit-takes-effect-late")
def slow_commit(lab):
    "a registry that says it does not know the upload, and has the blob a little later"
    app = image("app:1", size=LARGE)
    blob = app.layer
    hidden = lab.registry.on("GET", f"/blobs/{blob.digest}", status(404), times=3)
    lab.registry.on("PUT", f"{UPLOADS}.*{blob.digest[7:]}", done_but(404, '{"errors":[{"code":'
                    '"BLOB_UPLOAD_UNKNOWN","message":"blob upload unknown"}]}',
                    "application/json"))
    lab.push(app).ok()
    lab.landed(app)
    same(hidden.applied, 3, "questions before it was there")
    same(len(patches(lab)), 1, "PATCH requests")


@case("keep-alive-connection-closed")
def stale_connection(lab):
    "kept-alive connections that the registry closes between two requests"
    app = image("app:1", layers=3, size=LARGE)
    lab.registry.on("PATCH", UPLOADS, end("reset"), nth=[1, 3], early=True)
    lab.registry.on("PUT", UPLOADS, end("drop"), nth=[2], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("mount-answers")
def mounts(lab):
    "mounted, or an upload instead, whatever the registry says"
    answers = {"one": None, "two": None, "three": denied(400, "UNSUPPORTED"),
               "four": status(401), "five": status(500), "six": end("reset")}
    pictures = []
    for name, answer in answers.items():
        picture = image(f"{name}:1", seed="same")
        picture.blobs = picture.blobs[:1] + [layer("shared", LARGE)]
        picture.documents = [manifest(picture.config, picture.blobs[1:])]
        pictures.append(picture)
        if answer:
            lab.registry.on("POST", f"{name}{UPLOADS}.*mount=", answer)
    lab.registry.on("POST", f"two{UPLOADS}.*mount=", then(
        lambda _: setattr(lab.registry.handler, "mounts", False), None))
    lab.registry.on("POST", f"one{UPLOADS}.*mount=", then(
        lambda _: setattr(lab.registry.handler, "mounts", True), None))
    lab.push(*pictures, jobs=1).ok()
    for picture in pictures:
        lab.landed(picture)
    check(lab.registry.count("POST", "two.*mount=") >= 1, "it was asked for a mount")
    sessions = lab.registry.find("POST", f"two{UPLOADS}")
    check(all(e.query.get("mount") for e in sessions), "the session of the mount is used")


main()
