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
def learns_that_patch_is_unsupported(lab):
    "a registry without PATCH is asked once, then only PUT is used"
    app = image("app:1", layers=4, size=LARGE)
    lab.registry.handler.takes_patch = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(patches(lab)), 1, "PATCH requests")


@case("patch-unsupported")
def workers_learn_at_once_that_patch_is_unsupported(lab):
    "several workers learn at the same time that PATCH is unsupported"
    app = image("app:1", layers=8, size=LARGE)
    lab.registry.handler.takes_patch = False
    lab.push(app, jobs=8).ok()
    lab.landed(app)


@case("patch-unsupported")
def learns_from_404_to_patch(lab):
    "a registry that answers 404 to every PATCH gets PUT"
    app = image("app:1", layers=3, size=LARGE)
    lab.registry.on("PATCH", UPLOADS, denied(404, "BLOB_UPLOAD_UNKNOWN"))
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(patches(lab)), 2, "PATCH requests")


@case("put-body-unsupported")
def learns_that_put_bodies_are_unsupported(lab):
    "a registry without bodies in PUT is asked once, then only PATCH is used"
    app = image("app:1", layers=4, size=5000)
    lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len([e for e in lab.registry.find("PUT", UPLOADS) if e.size]), 1,
         "PUT requests with a body")


@case("put-body-unsupported")
def workers_learn_at_once_that_put_bodies_are_unsupported(lab):
    "several workers learn at the same time that bodies in PUT are unsupported"
    app = image("app:1", layers=8, size=5000)
    lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=8).ok()
    lab.landed(app)


@case("patch-unsupported", "put-body-unsupported")
def gives_up_without_a_way_to_upload(lab):
    "a registry that supports neither is given up soon"
    app = image("app:1", size=LARGE)
    lab.registry.handler.takes_patch = lab.registry.handler.takes_put_body = False
    lab.push(app, jobs=1).fails("protocol", "405")
    check(len(lab.registry.find("POST", UPLOADS)) <= 8, "few sessions")


@case("proxy-limits-body")
def learns_the_limit_of_a_proxy(lab):
    "a proxy that refuses bodies above 1 MiB gets smaller chunks, learnt once"
    app = image("app:1", layers=3, size=LARGE + 17)
    lab.registry.handler.chunk_max = MIB
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    refused = lab.registry.find("PATCH|PUT", UPLOADS)
    check(len([e for e in refused if e.status == 413]) <= 2, "refusals")
    check(all(e.header("Content-Length") for e in refused), "every body has a length")


@case("proxy-limits-body")
def hints_at_a_small_limit(lab):
    "a proxy that refuses even small bodies is an error with a hint"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = 100000
    lab.push(app, jobs=1).fails("protocol", "413", hint="client_max_body_size")
    check(lab.registry.count("PATCH", UPLOADS) <= 5, "few tries")


@case("proxy-limits-body")
def chunks_what_would_be_a_put(lab):
    "a blob that would be sent with PUT is sent in chunks too"
    app = image("app:1", size=900000)
    lab.registry.handler.chunk_max = 600000
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("chunk-minimum")
def honours_the_chunk_minimum(lab):
    "chunks but the last are as large as the registry requires"
    app = image("app:1", size=5 * MIB)
    lab.registry.handler.chunk_min = 2 * MIB
    lab.registry.handler.chunk_max = 2 * MIB
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    taken = [e.size for e in patches(lab) if e.status == 202]
    check(all(size >= 2 * MIB for size in taken[:-1]), f"pieces: {taken}")


@case("chunk-minimum")
def fails_when_minimum_exceeds_the_limit(lab):
    "a minimum above the limit of the proxy is an error"
    app = image("app:1", size=5 * MIB)
    lab.registry.handler.chunk_min = 4 * MIB
    lab.registry.handler.chunk_max = 2 * MIB
    lab.push(app, jobs=1).fails("protocol", "413", hint="client_max_body_size")


@case("chunk-lost")
def resumes_after_416(lab):
    "after a chunk was refused with 416 the upload status decides"
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
def resumes_a_large_upload(lab):
    "a large upload resumes where the connection broke"
    app = image("app:1", size=65 * MIB)
    lab.registry.on("PATCH", UPLOADS, break_off(lab, 40 * MIB), nth=[1], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same([e.size for e in patches(lab)][1:], [25 * MIB], "bytes of the second PATCH")
    same(ranges(lab), [None, f"{40 * MIB}-{65 * MIB - 1}"], "ranges")


@case("chunk-lost")
def restarts_where_resuming_fails(lab):
    "a large upload restarts where the registry takes no ranges"
    app = image("app:1", size=65 * MIB)
    lab.registry.handler.takes_range = False
    lab.registry.on("PATCH", UPLOADS, break_off(lab, MIB), nth=[1], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def understands_an_empty_range(lab):
    "an upload without content has the range 0-0"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH", UPLOADS, status(416), times=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def uploads_without_range_headers(lab):
    "a registry that never sends Range works"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = MIB
    lab.registry.handler.says_range = False
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-range-missing-or-stale")
def ignores_a_stale_range(lab):
    "a registry that answers a PATCH with 201 and a wrong range works"
    app = image("app:1", size=LARGE)
    lab.registry.handler.chunk_max = MIB

    def stale(reply):
        reply.status = 201 if reply.status == 202 else reply.status
        reply.set("Range", "0-5")
    lab.registry.on("PATCH", UPLOADS, change(stale))
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-session-lost")
def restarts_a_lost_session(lab):
    "a forgotten upload session is started again"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH", UPLOADS, then(lambda _: lab.registry.store.uploads.clear(), None),
                    times=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("upload-session-lost")
def gives_up_on_lost_sessions(lab):
    "a registry that forgets every session is given up"
    app = image("app:1", size=LARGE)
    lab.registry.on("PATCH|PUT", UPLOADS,
                    then(lambda _: lab.registry.store.uploads.clear(), None))
    lab.push(app, jobs=1).fails("not-found", "BLOB_UPLOAD_UNKNOWN")
    check(lab.registry.count("POST", UPLOADS) <= 6, "few sessions")


@case("upload-session-lost")
def recovers_from_a_broken_patch(lab):
    "a PATCH that breaks at a registry that drops the session is repeated"
    app = image("app:1", size=LARGE)

    def forget(request, _):
        request.read_some(MIB)
        lab.registry.store.uploads.clear()
        request.connection.reset()
    lab.registry.on("PATCH", UPLOADS, forget, times=1, early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("commit-succeeds-despite-error")
def accepts_a_commit_reported_as_timeout(lab):
    "a commit that succeeded behind a proxy timeout is not sent again"
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
def accepts_a_commit_without_answer(lab):
    "a commit whose answer is lost counts when the blob is present"
    app = image("app:1", size=LARGE)

    def cut(request, proceed):
        proceed()
        request.connection.reset()
    lab.registry.on("PUT", UPLOADS, cut, nth=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(len(lab.registry.find("PUT", UPLOADS)), 2, "commits")


@case("commit-takes-effect-late")
def waits_for_a_late_commit(lab):
    "a blob that appears shortly after an error counts"
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
def recovers_from_stale_connections(lab):
    "kept-alive connections closed between two requests are replaced"
    app = image("app:1", layers=3, size=LARGE)
    lab.registry.on("PATCH", UPLOADS, end("reset"), nth=[1, 3], early=True)
    lab.registry.on("PUT", UPLOADS, end("drop"), nth=[2], early=True)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("mount-answers")
def handles_every_mount_answer(lab):
    "a mount succeeds or becomes an upload, whatever the registry answers"
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
