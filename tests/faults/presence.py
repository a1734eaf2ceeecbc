# SPDX-License-Identifier: Apache-2.0
"""Presence checks: answers to the request for the last byte of a blob."""
from harness import *

LARGE = 3 << 20  # asked for before an upload is begun


def there(lab, size=LARGE):
    """An image whose blobs are at the target, and not its manifest."""
    app = image("app:1", layers=1, size=size)
    app.put(lab.registry.store, "mirror/app")
    repo = lab.registry.store.repo("mirror/app")
    repo.manifests.clear()
    repo.tags.clear()
    return app


def blob(app):
    return f"/blobs/{app.layer.digest}"


def asked(lab, app, at=None):
    """How often it was asked for the layer, by (GET, HEAD)."""
    return tuple((at or lab.registry).count(method, blob(app)) for method in ("GET", "HEAD"))


def sent(lab, app):
    return lab.registry.count("PUT", f"/uploads/.*{app.layer.digest[7:]}")


@case("presence-by-last-byte")
def checks_the_last_byte_once(lab):
    "the last byte is fetched once for each repository, and nothing is uploaded"
    app = there(lab)
    lab.push(app).ok()
    lab.landed(app)
    same(asked(lab, app), (1, 0), "questions")
    same(lab.registry.find("GET", blob(app))[0].header("Range"),
         f"bytes={LARGE - 1}-{LARGE - 1}", "the range")
    same(sent(lab, app), 0, "uploads")


@case("presence-by-last-byte")
def follows_redirects_to_storage(lab):
    "storage that the registry redirects to is asked"
    app = there(lab)
    lab.registry.on("GET", blob(app), redirect_to(lab.storage))
    lab.push(app).ok()
    same(asked(lab, app), (1, 0), "questions")
    same(asked(lab, app, lab.storage), (1, 0), "questions at its storage")
    same(sent(lab, app), 0, "uploads")


@case("presence-storage-refuses")
def uploads_when_storage_refuses(lab):
    "a presence check that ends in 4xx at the storage is tried once, then the blob is uploaded"
    for code in (400, 401, 403, 404, 410):
        lab.again()
        lab.registry.store.repos.clear()
        app = there(lab)
        lab.registry.on("GET|HEAD", blob(app), redirect_to(lab.storage))
        lab.storage.on("GET|HEAD", app.layer.digest, status(code))
        run = lab.push(app).ok().silent_about("blobs cannot be read")
        lab.landed(app)
        same(asked(lab, app), (1, 0), f"questions where {code} is the answer")
        same(sent(lab, app), 1, "uploads")
        same(run.json["presence"], "last-byte", "how it was seen")
    for code in (403, 404):  # where only HEAD is left
        lab.again()
        lab.registry.store.repos.clear()
        app = there(lab)
        lab.registry.on("GET", "/blobs/", status(405))
        lab.registry.on("HEAD", blob(app), redirect_to(lab.storage))
        lab.storage.on("HEAD", app.layer.digest, status(code))
        lab.push(app).ok()
        same(lab.storage.count("HEAD", app.layer.digest), 1, f"questions by HEAD with {code}")
        same(sent(lab, app), 1, "uploads")


@case("presence-by-last-byte")
def uploads_what_is_absent(lab):
    "404, 416, a cut body, fewer or other bytes: one check, then an upload"
    for fault in (denied(404, "BLOB_UNKNOWN"), status(416), truncate(0), truncate(0, "reset"),
                  flip(0), status(200, "x" * 100)):
        lab.again()
        lab.registry.store.repos.clear()
        app = there(lab)
        lab.registry.on("GET", blob(app), fault, times=1)
        lab.push(app).ok()
        lab.landed(app)
        same(sent(lab, app), 1, "uploads")
        check(asked(lab, app) in ((1, 0), (2, 0)), "one question, and one after what was broken")


@case("presence-by-last-byte")
def reports_a_blob_that_stays_broken(lab):
    "a registry that keeps the broken blob after an upload is reported"
    app = there(lab)
    lab.registry.on("GET", blob(app), status(416))
    lab.push(app).fails("protocol", "absent or damaged", reason="broken-blob",
                        hint="delete this digest from its storage")
    same(sent(lab, app), 1, "uploads")
    same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


@case("presence-by-last-byte")
def uploads_after_a_false_mount(lab):
    "a mount that was confirmed for a missing small blob is followed by an upload"
    app = image("app:1", layers=1, size=1000)
    lab.registry.on("POST", "mount=.*" + app.layer.digest[7:], status(201), times=1)
    lab.repeats_allowed = True
    lab.push(app).ok()
    lab.landed(app)
    same(asked(lab, app), (2, 0), "questions: the mount, and the upload that replaced it")


@case("presence-by-last-byte")
def reads_small_blobs_where_ranges_fail(lab):
    "without ranges a small blob is read and hashed, a large one is not"
    lab.registry.on("GET", "/blobs/", ignore_range())
    run = lab.push(there(lab, 2000)).ok()
    same(run.json["presence"], "last-byte", "how it was seen")
    lab.again()
    lab.registry.on("GET", "/blobs/", ignore_range())
    run = lab.push(there(lab)).ok()
    same(run.json["presence"], "head", "how it was seen")
    run.says("presence is checked with HEAD only")


@case("presence-by-last-byte")
def falls_back_to_head(lab):
    "401, 403, 405, 5xx, unreachable storage: HEAD from then on, with one warning"
    for fault in (denied(401, "UNAUTHORIZED"), denied(403, "DENIED"), status(405), status(500),
                  redirect("https://127.0.0.1:1/x")):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", layers=3, size=LARGE)
        app.put(lab.registry.store, "mirror/app")
        repo = lab.registry.store.repo("mirror/app")
        repo.manifests.clear()
        repo.tags.clear()
        lab.registry.on("GET", "/blobs/", fault)
        run = lab.push(app, jobs=1, options=["--retries", "0"]).ok()
        lab.landed(app)
        same(lab.registry.count("GET", "/blobs/"), 1, "questions for a byte")
        check(lab.registry.count("HEAD", "/blobs/") >= 3, "the others are asked with HEAD")
        same(run.json["presence"], "head", "how it was seen")
        same(run.err.count("blobs cannot be read to check them"), 1, "warnings")


@case("presence-by-last-byte")
def checks_an_empty_blob_by_head(lab):
    "an empty blob has no last byte and is checked by HEAD"
    app = image("app:1", layers=1, size=0)
    app.put(lab.registry.store, "mirror/app")
    lab.push(app).ok()
    lab.landed(app)


@case("presence-by-last-byte")
def never_requests_manifests_by_range(lab):
    "manifests are never requested by range"
    app = index("app:1")
    lab.push(app).ok()
    same([e for e in lab.registry.find("GET", "/manifests/") if e.header("Range")], [],
         "ranges of manifests")


@case("presence-by-last-byte")
def checks_only_large_blobs_in_an_empty_repository(lab):
    "an import into an empty repository checks only large blobs"
    app = image("app:1", layers=3, size=1000)
    lab.push(app).ok()
    lab.landed(app)
    same(lab.registry.count("GET|HEAD", "/blobs/"), 0, "questions")


@case("presence-by-last-byte")
def uploads_a_blob_of_another_size(lab):
    "a blob of another size is broken, and its host is still asked by range"
    def total(proper):
        return proper.replace(f"/{LARGE}", f"/{LARGE + 5}")
    for size, fault in ((LARGE, content_range(total)), (2000, status(200, "x" * 2005))):
        lab.again()
        lab.registry.store.repos.clear()
        app = there(lab, size)
        lab.registry.on("GET", blob(app), fault, times=1)
        lab.repeats_allowed = True
        run = lab.push(app).ok()
        lab.landed(app)
        same(sent(lab, app), 1, "uploads")
        same(asked(lab, app), (2, 0), "questions: what was broken, and what replaced it")
        same(run.json["presence"], "last-byte", "how it was seen")


def shared():
    """Two repositories with one large layer."""
    app = image("app:1", layers=1, size=LARGE)
    return app, Picture("web:1", app.documents, app.blobs)


def asked_in(lab, app, repo):
    return lab.registry.count("GET|HEAD", f"/{repo}{blob(app)}")


@case("presence-by-last-byte")
def checks_a_mount_at_its_source(lab):
    "a mounted blob is checked at its source and not at its target"
    app, web = shared()
    for fault, questions, uploads in ((None, 1, 0), (status(416), 2, 1)):
        lab.again()
        lab.registry.store.repos.clear()
        app.put(lab.registry.store, "mirror/app")
        repo = lab.registry.store.repo("mirror/app")
        repo.manifests.clear()
        repo.tags.clear()
        if fault:
            lab.registry.on("GET", f"/app{blob(app)}", fault, times=1)
        lab.repeats_allowed = True
        lab.push(app, web, jobs=1).ok()
        lab.landed(app)
        lab.landed(web)
        same(asked_in(lab, app, "app"), questions, "questions at the source")
        same(asked_in(lab, app, "web"), 1, "questions before the mount, none after it")
        same(sent(lab, app), uploads, "uploads")
        same(lab.registry.count("POST", "/web/.*mount=.*" + app.layer.digest[7:]), 1, "mounts")


@case("presence-by-last-byte")
def trusts_a_mount_of_an_uploaded_blob(lab):
    "a blob uploaded by this run is mounted elsewhere without a check"
    app, web = shared()
    lab.push(app, web, jobs=1).ok()
    lab.landed(app)
    lab.landed(web)
    same([asked_in(lab, app, one) for one in ("app", "web")], [1, 1], "questions")
    same(sent(lab, app), 1, "uploads")


main()
