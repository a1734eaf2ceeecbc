# SPDX-License-Identifier: Apache-2.0
"""Servers that keep a connection open and send nothing, or too little.

These tests run sealift with the limits of hasty.c."""
import re
import threading
import time

from harness import *

LARGE = 3 << 20  # uploaded with PATCH
UPLOADS = "/blobs/uploads/"
SIZES = {"by PUT": 1000, "by PATCH": LARGE}


def hasty(function):
    def test(lab, *argument):
        lab.program = "tests/faults/hasty"
        function(lab, *argument)
    test.__name__, test.__doc__ = function.__name__, function.__doc__
    return test


def done_in_silence(request, proceed):
    proceed()
    return hang()(request, proceed)


def commit_of(blob):
    return f"{UPLOADS}.*{blob.digest[7:]}"


def questions(lab, blob):
    """Number of presence checks of a blob after its upload began."""
    log = lab.registry.find()
    first = next(n for n, e in enumerate(log) if e.method == "PATCH" or
                 (e.method == "PUT" and e.query.get("digest") == blob.digest))
    return len([e for e in log[first:] if e.method in ("GET", "HEAD") and
                e.path.endswith(f"/blobs/{blob.digest}")])


STEPS = {"PUT of a small blob": ("PUT", 1000), "commit": ("PUT", LARGE), "PATCH": ("PATCH", LARGE)}


@case("registry-silent-after-upload", each=SIZES)
@hasty
def checks_presence_after_a_silent_commit(lab, size):
    "a commit without an answer is followed by one presence check, which succeeds"
    app = image("app:1", layers=1, size=size)
    lab.registry.on("PUT", commit_of(app.layer), done_in_silence)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(lab.registry.count("PUT", commit_of(app.layer)), 1, "commits")
    same(questions(lab, app.layer), 1, "presence checks")


@case("registry-silent-after-upload", each=STEPS)
@hasty
def gives_up_after_two_silent_uploads(lab, step):
    "a blob fails after two uploads that were never answered"
    method, size = step
    app = image("app:1", layers=1, size=size)
    target = commit_of(app.layer) if method == "PUT" else UPLOADS
    lab.registry.on(method, target, hang())
    run = lab.push(app, options=["--retries", "9"], jobs=1)
    run.fails("network", "2 uploads without an answer: no answer within 2 s")
    run.fails("network", app.layer.digest)
    same(lab.registry.count(method, target), 2, f"{method} requests")
    same(questions(lab, app.layer), 2, "presence checks")
    same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


@case("registry-silent-after-upload", each=STEPS)
@hasty
def uploads_again_after_one_silence(lab, step):
    "a blob is uploaded again after one upload that was never answered"
    method, size = step
    app = image("app:1", layers=1, size=size)
    lab.registry.on(method, UPLOADS, hang(), times=1)
    lab.push(app, jobs=1).ok()
    lab.landed(app)


@case("registry-silent-after-upload")
@hasty
def gives_up_when_the_presence_check_is_silent_too(lab):
    "a blob fails when neither its commit nor the presence check is answered"
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
    same(questions(lab, app.layer), 1, "presence checks")


@case("registry-stops-reading")
@hasty
def retries_when_the_registry_stops_reading(lab):
    "an upload that the registry stops reading is retried"
    app = image("app:1", layers=1, size=40 << 20)  # more than socket buffers hold
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
def limits_the_total_time_of_a_document(lab):
    "a document fails when its redirects exceed the total time limit"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", slowly(2.2, redirect(lambda r: r.target + "0")))
    lab.export(app).fails("network", "time limit of 10 s exceeded")
    check(lab.registry.count("GET", "/manifests/") >= 4, "each answer came in time")


@case("registry-slow-overall")
@hasty
def limits_the_total_time_of_a_list(lab):
    "a tag list fails when its pages exceed the total time limit"
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
def limits_the_total_time_of_an_upload(lab):
    "an upload fails when its requests exceed the total time limit"
    app = image("app:1", layers=1, size=15 << 20)
    lab.registry.handler.chunk_max = 600000
    lab.registry.on("PATCH", UPLOADS, slowly(0.4))
    lab.push(app, jobs=1).fails("network", "time limit of 10 s exceeded")
    check(lab.registry.count("PATCH", UPLOADS) >= 6, "each answer came in time")


def ends(run, origin, method, target, text="no answer within 3 s"):
    """A run without retries fails when this request is never answered."""
    origin.on(method, target, hang())
    run(["--retries", "0"]).fails("network", text)
    check(origin.count(method, target) >= 1, f"{method} {target} was sent")


@case("registry-never-answers", each={"manifest": "/manifests/1$", "blob": "/blobs/",
                                      "referrers": "/referrers/", "ping": "/v2/$"})
@hasty
def limits_the_wait_of_an_export(lab, target):
    "export fails when a request to the registry is never answered"
    app = lab.image("app:1")
    ends(lambda more: lab.export(app, *more), lab.registry, "GET", target,
         "" if target == "/v2/$" else "no answer within 3 s")


@case("registry-never-answers")
@hasty
def limits_the_wait_for_storage(lab):
    "export fails when the target of a redirect never answers"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
    ends(lambda more: lab.export(app, *more), lab.storage, "GET", "sha256:")


@case("registry-never-answers")
@hasty
def limits_the_wait_for_tags(lab):
    "export fails when the request for a tag list is never answered"
    lab.image("app:1")
    ends(lambda more: lab.export(f"{lab.registry.host}/app", "--all-tags", *more), lab.registry,
         "GET", "/tags/list")


@case("registry-never-answers")
@hasty
def limits_the_wait_for_a_token(lab):
    "export fails when the token service never answers"
    app = lab.image("app:1")
    lab.docker_config({lab.registry.host: ("robot", lab.wants_token(lab.registry))})
    ends(lambda more: lab.export(app, *more), lab.tokens, "GET", "")


@case("registry-never-answers", each={
    "presence check": ("HEAD|GET", "/blobs/sha256"), "start of an upload": ("POST", "/uploads/$"),
    "manifest": ("PUT", "/manifests/sha256"), "tag": ("PUT", "/manifests/1$")})
@hasty
def limits_the_wait_of_an_import(lab, request):
    "import fails when a request to the registry is never answered"
    app = image("app:1", layers=1, size=LARGE)
    ends(lambda more: lab.push(app, options=more, jobs=1), lab.registry, *request)


@case("registry-never-answers")
@hasty
def continues_when_a_mount_is_never_answered(lab):
    "import succeeds when only a mount is never answered"
    one, two = image("one:1", seed="same"), image("two:1", seed="same")
    lab.registry.on("POST", "mount=", hang(), times=1)
    lab.push(one, two, jobs=1).ok()
    lab.landed(two)
    check(lab.registry.count("POST", "mount=") >= 1, "a mount was tried")


@case("wait-is-shown", each={"--progress plain": (["--progress", "plain"], True), "-q": (["-q"], False),
                             "--progress none": (["--progress", "none"], False)})
@hasty
def shows_which_host_it_waits_for(lab, how):
    "the host that a run waits for is shown, unless progress is off"
    options, is_shown = how
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", hang())
    line = re.compile(rf"^waiting for {re.escape(lab.registry.host)}, [0-9]+ s$", re.MULTILINE)
    run = waiting_export(lab, app, *options)
    same(run.status, 4, "exit status")
    same(bool(line.search(run.err)), is_shown, f"a line with {options}")
    check("no answer within 3 s" in run.err, "the error is shown")


@case("wait-is-shown")
@hasty
def reports_waiting_as_json(lab):
    "--progress json has an event for waiting"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", hang())
    run = waiting_export(lab, app, "--progress", "json")
    check(f'{{"event":"waiting","host":"{lab.registry.host}","seconds":' in
          run.err.replace(" ", ""), "the event is printed")


def waiting_export(lab, app, *options):
    return lab.sealift("export", "--unsigned", "-o", "images.tar", "--retries", "0",
                       "--ca-file", lab.authority.ca, app.ref, *options,
                       env={"SEALIFT_PROGRESS_INTERVAL": "1"})


main(at_once=30)
