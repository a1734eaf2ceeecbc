# SPDX-License-Identifier: Apache-2.0
"""Servers that keep the connection open and say nothing, or too little for ever.

The program of these tests is sealift with the limits of hasty.c."""
import re
import threading
import time

from harness import *

LARGE = 3 << 20  # goes up with PATCH
UPLOADS = "/blobs/uploads/"


def hasty(function):
    def test(lab):
        lab.program = "tests/faults/hasty"
        function(lab)
    test.__name__, test.__doc__ = function.__name__, function.__doc__
    return test


def done_in_silence(request, proceed):
    proceed()
    return hang()(request, proceed)


def commit_of(blob):
    return f"{UPLOADS}.*{blob.digest[7:]}"


def questions(lab, blob):
    """How often it was asked whether the blob is there, after its upload began."""
    log = lab.registry.find()
    first = next(n for n, e in enumerate(log) if e.method == "PATCH" or
                 (e.method == "PUT" and e.query.get("digest") == blob.digest))
    return len([e for e in log[first:] if e.method in ("GET", "HEAD") and
                e.path.endswith(f"/blobs/{blob.digest}")])


@case("registry-silent-after-upload")
@hasty
def stored_in_silence(lab):
    "a commit without an answer: one question tells that the blob is there"
    for size in (1000, LARGE):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", layers=1, size=size)
        lab.registry.on("PUT", commit_of(app.layer), done_in_silence)
        lab.push(app, jobs=1).ok()
        lab.landed(app)
        same(lab.registry.count("PUT", commit_of(app.layer)), 1, "commits")
        same(questions(lab, app.layer), 1, "questions whether it is there")


@case("registry-silent-after-upload")
@hasty
def silent_for_ever(lab):
    "a registry that takes the bytes and never answers: two silences end the blob"
    for method, size in (("PUT", 1000), ("PUT", LARGE), ("PATCH", LARGE)):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", layers=1, size=size)
        target = commit_of(app.layer) if method == "PUT" else UPLOADS
        lab.registry.on(method, target, hang())
        run = lab.push(app, options=["--retries", "9"], jobs=1)
        run.fails("network", "2 uploads without an answer: no answer within 2 s")
        run.fails("network", app.layer.digest)
        same(lab.registry.count(method, target), 2, f"{method} requests")
        same(questions(lab, app.layer), 2, "questions whether it is there")
        same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


@case("registry-silent-after-upload")
@hasty
def silent_once(lab):
    "after one silence it is sent again"
    for method, size in (("PUT", 1000), ("PUT", LARGE), ("PATCH", LARGE)):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", layers=1, size=size)
        lab.registry.on(method, UPLOADS, hang(), times=1)
        lab.push(app, jobs=1).ok()
        lab.landed(app)


@case("registry-silent-after-upload")
@hasty
def silent_about_it_too(lab):
    "the question whether the blob is there is not answered either: that is all"
    app = image("app:1", layers=1)
    silent = threading.Event()

    def hang_from_now_on(request, proceed):
        silent.set()
        return hang()(request, proceed)
    lab.registry.on("PUT", commit_of(app.layer), hang_from_now_on)
    lab.registry.on("GET|HEAD", f"/blobs/{app.layer.digest}", lambda request, proceed:
                    hang()(request, proceed) if silent.is_set() else proceed())
    lab.push(app, options=["--retries", "9"], jobs=1).fails("network", "time limit of 3 s")
    same(lab.registry.count("PUT", commit_of(app.layer)), 1, "commits")
    same(questions(lab, app.layer), 1, "questions whether it is there")


@case("registry-stops-reading")
@hasty
def body_not_taken(lab):
    "a registry that stops taking bytes in the middle: the attempt ends, and the next works"
    app = image("app:1", layers=1, size=40 << 20)  # more than the buffers on the way hold
    over = threading.Event()

    def stop_reading(request, _):
        request.read_some(1000)
        over.wait(60)
        request.connection.reset()
    lab.registry.on("PATCH", UPLOADS, stop_reading, times=1, early=True)
    try:
        run = lab.push(app, jobs=1)
    finally:
        over.set()
    run.ok().says("the connection stalled for 2 s")
    lab.landed(app)
    same(lab.registry.count("PATCH", UPLOADS), 2, "PATCH requests")


def slowly(seconds, fault=None):
    def answer(request, proceed):
        time.sleep(seconds)
        return fault(request, proceed) if fault else proceed()
    return answer


@case("registry-slow-overall")
@hasty
def slow_document(lab):
    "a document whose redirects and tries add up to more than it is allowed"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", slowly(2.2, redirect(lambda r: r.target + "0")))
    lab.export(app).fails("network", "time limit of 10 s exceeded")
    check(lab.registry.count("GET", "/manifests/") >= 4, "each answer came in time")


@case("registry-slow-overall")
@hasty
def slow_list(lab):
    "a list whose pages add up to more than it is allowed"
    app = lab.image("app:1")
    repo = lab.registry.store.repo("app")
    for n in range(60):
        repo.tags[f"t{n:03}"] = app.top.digest
    lab.registry.handler.page_size = 1
    lab.registry.on("GET", "/tags/list", slowly(0.5))
    lab.export(f"{lab.registry.host}/app", "--all-tags").fails("network", "time limit of 10 s")
    check(lab.registry.count("GET", "/tags/list") >= 7, "each page came in time")


@case("registry-slow-overall")
@hasty
def slow_upload(lab):
    "an upload whose requests add up to more than it is allowed"
    app = image("app:1", layers=1, size=15 << 20)
    lab.registry.handler.chunk_max = 600000
    lab.registry.on("PATCH", UPLOADS, slowly(0.4))
    lab.push(app, jobs=1).fails("network", "time limit of 10 s exceeded")
    check(lab.registry.count("PATCH", UPLOADS) >= 6, "each answer came in time")


def unanswered(lab, run, origin, method, target, text="no answer within 3 s"):
    """One try of a request that is never answered ends the run."""
    origin.on(method, target, hang())
    run(["--retries", "0"]).fails("network", text)
    check(origin.count(method, target) >= 1, f"{method} {target} was asked")
    lab.again()
    lab.registry.store.repos.pop("mirror/app", None)


@case("registry-never-answers")
@hasty
def unanswered_pulls(lab):
    "whatever an export asks for, it does not wait for ever"
    app = lab.image("app:1")
    for method, target in (("GET", "/manifests/1$"), ("GET", "/blobs/"), ("GET", "/referrers/"),
                           ("GET", "/v2/$")):
        unanswered(lab, lambda more: lab.export(app, "--referrers", *more), lab.registry, method,
                   target, "" if target == "/v2/$" else "no answer within 3 s")


@case("registry-never-answers")
@hasty
def unanswered_redirects(lab):
    "nor where a registry leads to, nor for a list of tags or for a token"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
    unanswered(lab, lambda more: lab.export(app, *more), lab.storage, "GET", "sha256:")
    unanswered(lab, lambda more: lab.export(f"{lab.registry.host}/app", "--all-tags", *more),
               lab.registry, "GET", "/tags/list")
    lab.docker_config({lab.registry.host: ("robot", lab.wants_token(lab.registry))})
    unanswered(lab, lambda more: lab.export(app, *more), lab.tokens, "GET", "")


@case("registry-never-answers")
@hasty
def unanswered_pushes(lab):
    "whatever an import asks for, it does not wait for ever"
    app = image("app:1", layers=1, size=LARGE)

    def run(more):
        return lab.push(app, options=more, jobs=1)
    for method, target in (("HEAD|GET", "/blobs/sha256"), ("POST", "/uploads/$"),
                           ("PUT", "/manifests/sha256"), ("PUT", "/manifests/1$")):
        unanswered(lab, run, lab.registry, method, target)
    lab.registry.on("POST", "mount=", hang())  # a mount is not needed
    lab.push(image("app:1", layers=1, size=1000), jobs=1).ok()


@case("wait-is-shown")
@hasty
def told(lab):
    "who is waited for is shown, unless nothing is to be shown"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", hang())
    line = re.compile(rf"^waiting for {re.escape(lab.registry.host)}, [0-9]+ s$", re.MULTILINE)
    for options, is_told in ((["--progress", "plain"], True), (["--progress", "none"], False),
                             (["-q"], False)):
        run = lab.sealift("export", "--unsigned", "-o", "images.tar", "--retries", "0",
                          "--ca-file", lab.authority.ca, app.ref, *options,
                          env={"SEALIFT_PROGRESS_INTERVAL": "1"})
        same(run.status, 4, "exit status")
        same(bool(line.search(run.err)), is_told, f"a line with {options}")
        check("no answer within 3 s" in run.err, "the end of it")
    run = lab.sealift("export", "--unsigned", "-o", "images.tar", "--retries", "0",
                      "--ca-file", lab.authority.ca, app.ref, "--progress", "json",
                      env={"SEALIFT_PROGRESS_INTERVAL": "1"})
    check(f'{{"event":"waiting","host":"{lab.registry.host}","seconds":' in
          run.err.replace(" ", ""), "an object with --progress json")


main()
