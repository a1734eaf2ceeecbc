# SPDX-License-Identifier: Apache-2.0
"""Referrers and signatures: finding them, and keeping their lists at the target."""
import json
import threading

from harness import *  # first: it knows the way to the others

from client import INDEX, sha256
from images import OCI_CONFIG, Blob, Document, json_blob
from pictures import Picture

NOTE = "application/vnd.example.note"


def note(lab, to, text="note", kind=NOTE, **more):
    """An artifact that belongs to a document of a picture, served without a name."""
    made = artifact(f"{to.repo}:{text}", text.encode(), kind,
                    subject=to.top.descriptor(), **more)
    store = lab.registry.store
    made.put(store)
    del store.repo(to.repo).tags[text]
    return made


def fallback(digest):
    return digest.replace(":", "-")


def list_under(lab, to, *documents, digest=None):
    """The fallback tag of a digest, with these in it."""
    index_of = Document({"manifests": [one.descriptor() for one in documents]}, INDEX)
    lab.registry.store.put_manifest(to.repo, index_of, fallback(digest or to.top.digest))


def names(run):
    return [image["name"].partition("/")[2] for image in run.ok().json["images"]]


@case("referrer-pages")
def lists_referrers_over_pages(lab):
    "referrers over many pages are exported in the order of their digests"
    app = lab.index("app:1")
    notes = [note(lab, app, f"n{n}") for n in range(7)]
    lab.registry.handler.page_size = 3
    run = lab.export(app).ok().carries(app, *notes)
    same(names(run)[1:], [f"app@{digest}" for digest in sorted(n.top.digest for n in notes)],
         "referrers")
    same({image.get("subject") for image in run.json["images"][1:]}, {app.top.digest}, "subjects")
    lab.log.forget()
    planned = lab.export("--dry-run", "--force", app).json
    same(planned["bundleBytes"], run.json["bundleBytes"], "bytes planned and written")


@case()
def leaves_out_referrers_on_request(lab):
    "with --no-referrers no referrers are requested, and the result says so"
    app = lab.index("app:1")
    note(lab, app)
    run = lab.export("--no-referrers", app).ok().carries(app)
    same(run.json["withoutReferrers"], 1, "names without a question")
    copied = lab.copy(app, to=lab.other, options=["--no-referrers"]).ok()
    same(copied.json["withoutReferrers"], 1, "names without a question, copied")
    same(lab.registry.count("GET", "referrers|tags/list"), 0, "questions")
    lab.export("--no-referrers", "--referrers", app).fails("usage", "mutually exclusive")


@case("referrer-pages")
def exports_referrers_of_everything_once(lab):
    "referrers of children and of referrers are exported, each once"
    app = lab.index("app:1")
    child = Picture("app:x", app.documents[:1], [])
    on_child = note(lab, child, "child")
    on_note = note(lab, on_child, "of-note")
    lab.registry.store.repo("app").tags["2"] = app.top.digest
    run = lab.export(app, lab.registry.host + "/app:2").ok()
    run.carries(app, on_child, on_note)
    same(names(run), ["app:1", "app:2", f"app@{on_child.top.digest}", f"app@{on_note.top.digest}"],
         "names")


@case("referrers-api-missing", "referrers-api-refused")
def falls_back_without_the_api(lab):
    "without the API the fallback tag is read, if it exists"
    app = lab.index("app:1")
    one = note(lab, app)
    lab.registry.handler.has_referrers = False
    lab.export(app).ok().carries(app)
    list_under(lab, app, one.top)
    answers = [(None, 0), *((status(code), 0) for code in (404, 405, 410, 501)),
               *((status(code), 1) for code in (400, 401, 403, 406, 415, 422)),
               (status(200, '{"manifests":[]}', "application/json"), 0),
               (status(200, "<html>", "text/html"), 0), (redirect_to(lab.storage), 0),
               (status(303, "", None, Location=lab.storage.url + "/login"), 0)]
    for answer, told in answers:
        lab.again()
        if answer:
            lab.registry.on("GET", "/referrers/", answer)
        run = lab.export(app).ok().carries(app, one)
        same(run.err.count("no referrers API"), told, "warnings for the host")
    lab.again()
    lab.registry.on("GET", "/referrers/", redirect_to(lab.storage))
    lab.storage.on("GET", "", status(429, "<html>slow down", "text/html", Retry_After="200"))
    lab.export(app).ok().carries(app, one)


@case("referrers-api-missing")
def ignores_a_fallback_tag_that_is_an_image(lab):
    "a fallback tag that holds an image counts as absent"
    app, image_there = lab.index("app:1"), lab.image("app:other")
    lab.registry.handler.has_referrers = False
    lab.registry.store.repo("app").tags[fallback(app.top.digest)] = image_there.top.digest
    lab.export(app).ok().carries(app)
    lab.runs[-1].says("expected a list of referrers")


@case("referrers-api-fails")
def fails_on_unreadable_referrers(lab):
    "referrers that cannot be read are an error, never omitted in silence"
    app = lab.index("app:1")
    one = note(lab, app)
    top, gone = f"/manifests/{app.top.digest}$", denied(403, "DENIED")
    lab.registry.on("GET|HEAD", top, chain(*[gone] * 9))
    lab.registry.on("GET", "/referrers/", gone)
    lab.export(app).fails("auth", "referrers of")
    lab.again()
    for code in (429, 500, 503):
        lab.registry.on("GET", "/referrers/", status(code))
        lab.export("--retries", "1", app, jobs=1).fails(
            "network", "referrers of", reason="referrers", hint="--no-referrers leaves out")
        lab.again()
    lab.registry.on("GET", "tags/list", status(500))
    lab.export("--retries", "1", app, jobs=1).fails(
        "network", "tags", reason="referrers", hint="--no-referrers leaves out")
    lab.again()
    lab.registry.on("GET", "/referrers/", status(503))
    lab.copy(app, to=lab.other, options=["--retries", "0"]).fails(
        "network", "referrers of", reason="referrers", hint="--no-referrers leaves out")
    lab.again()
    lab.registry.on("GET", "/referrers/", status(200, '{"manifests":7}', INDEX))
    lab.export(app).fails("protocol", "referrers of")
    lab.again()
    lab.registry.on("GET", one.top.digest, denied(404, "MANIFEST_UNKNOWN"))
    lab.export(app).fails("not-found", one.top.digest, hint="lists it")
    lab.again()
    lab.registry.store.repo("app").tags[fallback(app.top.digest) + ".att"] = one.top.digest
    lab.registry.on("GET", r"\.att$", denied(403, "DENIED"))
    lab.export(app).fails("auth", ".att")


def signed(lab, count):
    """Images of one repository, each with a signature under cosign's tag."""
    images = [lab.image(f"app:v{n}", text=f"number {n}") for n in range(count)]
    for image in images:
        lab.image(f"app:{fallback(image.top.digest)}.sig", text=f"of {image.tag}")
    return images


def questions(lab):
    """Requests for referrers, tags and manifests."""
    return (lab.registry.count("GET|HEAD", "/referrers/"), lab.registry.count("GET", "tags/list"),
            lab.registry.count("GET|HEAD", "/manifests/"))


@case("referrers-few-requests")
def asks_few_questions(lab):
    "sixty signed images cost at most three pages of tags and one request a manifest more"
    images = signed(lab, 60)
    lab.registry.handler.page_size = 50
    for has_api in (True, False):
        lab.registry.handler.has_referrers = has_api
        lab.again()
        run = lab.export(*images, jobs=1).ok()
        same(len(run.json["images"]), 120, "images and signatures")
        api, pages, manifests = questions(lab)
        same(pages, 3, "pages")
        same(manifests, 120, "manifests")
        same(api, 120 if has_api else 3, "questions to the API")


@case("referrers-api-here-and-there")
def asks_each_registry_of_a_host(lab):
    "an API that some repositories of a host lack, or that lacks some manifests, is still used"
    old = [lab.image(f"old/app:v{n}", text=f"number {n}") for n in range(4)]
    new = lab.image("new/app:1")
    attached = [note(lab, new), note(lab, old[3])]
    lab.registry.on("GET", "old/app/referrers/", status(404))
    lab.export(*old, new, jobs=1).ok().carries(*old, new, attached[0])
    same(lab.registry.count("GET", "old/app/referrers/"), 3, "questions to the one without it")
    for code in ("NAME_UNKNOWN", "MANIFEST_UNKNOWN"):
        lab.again()
        lab.registry.on("GET", "old/app/referrers/", denied(404, code), times=3)
        lab.export(*old, new, jobs=1).ok().carries(*old, new, *attached)


@case("referrers-few-requests")
def asks_for_each_tag_of_a_long_list(lab):
    "where the list of tags is long or refused, each tag is requested with HEAD"
    images = signed(lab, 2)
    for n in range(40):
        lab.registry.store.repo("app").tags[f"other{n}"] = images[0].top.digest
    lab.registry.handler.page_size = 10
    refusals = (status(403), status(404), status(405))
    for answer in (None, *refusals):
        lab.again()
        if answer:
            lab.registry.on("GET", "tags/list", answer)
        run = lab.export(*images, jobs=1).ok()
        same(len(run.json["images"]), 4, "images and signatures")
        same(lab.registry.count("GET", "tags/list"), 1 if answer else 3, "pages")
        same(lab.registry.count("GET", r"sha256-\w+\.(att|sbom)$"), 0, "GET of tags")
        same(lab.registry.count("HEAD", r"sha256-\w+\.(att|sbom)$"), 8, "HEAD of tags")
    lab.again()
    lab.registry.on("GET", "tags/list", status(403))
    lab.registry.on("HEAD", "", status(404))
    same(len(lab.export(*images).ok().json["images"]), 4, "where HEAD finds nothing")


@case("referrers-at-mirrors")
def searches_mirrors_when_the_registry_is_out_of_reach(lab):
    "a mirror serves images and signatures of a registry that cannot be reached"
    signed(lab, 1)
    conf = lab.given("registries.conf", f"[[registry]]\nlocation = 'hub.invalid'\n"
                     f"[[registry.mirror]]\nlocation = '{lab.registry.host}'\n")
    for has_api in (True, False):
        lab.registry.handler.has_referrers = has_api
        lab.again()
        run = lab.export("hub.invalid/app:v0", "--retries", "0",
                         env={"CONTAINERS_REGISTRIES_CONF": conf}).ok()
        same(len(run.json["images"]), 2, "image and signature")
        run.says("searched for at mirrors only")


@case("referrers-tag-of-other-digest")
def refuses_referrers_of_another_subject(lab):
    "a list with referrers of another subject is refused"
    app, other = lab.index("app:1"), lab.image("app:2")
    one, stray = note(lab, app), note(lab, other, "stray")
    lab.registry.handler.has_referrers = False
    list_under(lab, app, one.top, stray.top)
    lab.export(app).ok().carries(app, one)
    lab.runs[-1].says("refers to something else")


@case("cosign-tags")
def exports_cosign_tags(lab):
    "cosign's tags of the index and of a child are exported"
    app = lab.index("app:1")
    found = []
    for document in (app.top, app.documents[0]):
        for kind in ("sig", "att", "sbom"):
            payload = Blob([f"{kind} of {document.digest}".encode()], "application/x-payload")
            config = json_blob({"of": document.digest, "kind": kind}, OCI_CONFIG)
            tag = f"{fallback(document.digest)}.{kind}"
            picture = Picture(f"app:{tag}", [manifest(config, [payload])], [config, payload])
            found.append(lab.serve(picture))
    run = lab.export(app).ok().carries(app, *found)
    same(sorted(names(run)[1:]), sorted(f"app:{picture.tag}" for picture in found), "tags")
    same({image["subject"] for image in run.json["images"][1:]},
         {app.top.digest, app.documents[0].digest}, "what they belong to")
    lab.again()
    lab.export(app, "--platform", "linux/arm64").ok()
    same(len(lab.runs[-1].json["images"]), 4, "those of the index only: the child is left out")


# ---- at the target ----

def carried(lab, count=1, app=None):
    """An image and what belongs to it, as names for a bundle."""
    app = app or image("app:1")
    notes = [artifact(f"app:n{n}", f"note {n}".encode(), NOTE, subject=app.top.descriptor(),
                      annotations={"a": str(n)}) for n in range(count)]
    return app, notes


def listed(lab, app, repo="mirror/app"):
    tag = fallback(app.top.digest)
    found = lab.registry.store.repos[repo].manifest(tag)
    return json.loads(found[1]) if found else None


@case("referrers-on-push")
def maintains_the_list_where_there_is_no_api(lab):
    "with the API the registry keeps the list, without it import does"
    app, notes = carried(lab)
    for says, has in ((True, True), (False, False), (False, True)):  # it says so, or not
        lab.registry.handler.store.repos.clear()
        lab.again()
        lab.registry.handler.has_referrers = has
        if not says:
            lab.registry.on("PUT", "/manifests/", header("OCI-Subject", None))
        run = lab.push(app, *notes).ok()
        got = listed(lab, app)
        same(lab.registry.count("GET", "/referrers/"), 0, "questions")
        if says:
            same(got, None, "a list where the registry has one")
            lab.again()
            lab.push(app, *notes).ok().silent_about("does not list")
            same(lab.registry.count("PUT|POST|PATCH"), 0, "writes where it has one")
            continue
        same(got["manifests"], [notes[0].top.descriptor(artifactType=NOTE, annotations={"a": "0"})],
             "the list")
        same(run.json["counts"]["referrerListsUpdated"], 1, "lists")
        lab.again()
        run = lab.push(app, *notes).ok()
        same(lab.registry.count("PUT|POST|PATCH"), 0, "writes of the second import")
        same(run.json["counts"]["referrerListsPresent"], 1, "lists that were there")


@case("referrers-api-fails")
def tolerates_a_failing_api(lab):
    "an API that fails does not end an import, whatever the target holds already"
    app, notes = carried(lab)
    lab.registry.handler.has_referrers = False
    for code in (400, 401, 403, 404, 405, 406, 410, 415, 422, 429, 500, 501, 503):
        lab.registry.handler.store.repos.clear()
        lab.again()
        lab.registry.on("GET", "/referrers/", status(code))
        lab.push(app, *notes, options=("--retries", "0")).ok()
        same(lab.registry.count("GET", "/referrers/"), 0, "questions")
        del lab.registry.store.repo("mirror/app").tags[fallback(app.top.digest)]
        lab.push(app, *notes, options=("--retries", "0")).ok()
        same([one["digest"] for one in listed(lab, app)["manifests"]], [notes[0].top.digest],
             f"the list, where the API answers {code}")


@case("referrers-on-push")
def pushes_a_subject_before_its_referrers(lab):
    "referrers are pushed after their subject and before its tag"
    app, notes = carried(lab, 3, index("app:1"))
    lab.registry.handler.has_referrers = False
    lab.push(app, *notes, jobs=8).ok()
    puts = [entry.target.rpartition("/")[2] for entry in lab.registry.find("PUT", "/manifests/")]
    at = puts.index(app.top.digest)
    check(all(puts.index(n.top.digest) > at for n in notes), f"order: {puts}")
    check(puts.index("1") > puts.index(fallback(app.top.digest)), f"the tag is last: {puts}")


@case("referrers-tag-exists")
def extends_an_existing_list(lab):
    "an existing list is extended; a tag that is not a list ends the import"
    app, notes = carried(lab)
    handler = lab.registry.handler
    handler.has_referrers, handler.checks_children = False, False
    old = Document({"manifests": [{"mediaType": INDEX, "digest": "sha256:" + "1" * 64, "size": 5,
                                   "x-odd": {"kept": True}}], "annotations": {"x": "y"}}, INDEX)
    lab.registry.store.put_manifest("mirror/app", old, fallback(app.top.digest))
    lab.push(app, *notes).ok()
    got, was = listed(lab, app), json.loads(old.data)
    same(got["manifests"][0], was["manifests"][0], "what was there")
    same(got["annotations"], was["annotations"], "annotations of the list")
    same(len(got["manifests"]), 2, "entries")
    lab.registry.store.put_manifest("mirror/app", image("app:2").top, fallback(app.top.digest))
    lab.again()
    lab.push(app, *notes).fails("conflict", "expected a list of referrers")
    same(lab.registry.count("PUT", fallback(app.top.digest)), 0, "writes to that tag")


@case("referrers-tag-is-subject")
def ignores_an_image_under_the_fallback_tag(lab):
    "a registry that answers the fallback tag with the image itself has no list"
    app, notes = carried(lab, app=index("app:1"))
    lab.registry.handler.has_referrers = False
    tag = fallback(app.top.digest)

    def as_digest(request, proceed):
        request.path = request.path.replace(tag, app.top.digest)
        return proceed()
    for put in (as_digest, denied(403, "DENIED"), denied(400, "TAG_INVALID"), status(201)):
        lab.registry.store.repos.clear()
        lab.again()
        lab.registry.on("GET|HEAD", tag + "$", as_digest)
        lab.registry.on("PUT", tag + "$", put)
        run = lab.push(app, *notes).ok().says("returns the image itself under the tag " + tag)
        same(run.json["counts"]["referrerListsRefused"], 1, "lists refused")
        lab.landed(app)
        put = lab.registry.find("PUT", tag)
        same(len(put), 1, "tries")
        same([one["digest"] for one in json.loads(put[0].body)["manifests"]],
             [notes[0].top.digest], "the list has none of the image's children in it")
    lab.again()
    lab.serve(app)
    note(lab, app)
    lab.registry.on("GET|HEAD", tag + "$", as_digest)
    lab.export(app).ok().carries(app)
    lab.runs[-1].silent_about("expected a list of referrers")


def somebody_else(lab, app, times):
    """A rule: another client changes the list just before our PUT."""
    def put(request, proceed):
        number = len(lab.log.find("PUT", fallback(app.top.digest)))
        if number <= times:
            repo = lab.registry.store.repos["mirror/app"]
            there = listed(lab, app) or {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
            there["manifests"].append({"mediaType": NOTE, "size": 9,
                                       "digest": sha256(str(number).encode())})
            data = json.dumps(there).encode()
            repo.manifests[sha256(data)] = (data, INDEX)
            repo.tags[fallback(app.top.digest)] = sha256(data)
        return proceed()
    return put


@case("referrers-tag-exists", "referrers-tag-raced")
def retries_a_changed_list(lab):
    "a list that changed meanwhile is extended again, by ETag"
    app, notes = carried(lab)
    handler = lab.registry.handler
    handler.has_referrers, handler.checks_children, handler.has_etags = False, False, True
    old = Document({"manifests": []}, INDEX)
    lab.registry.store.put_manifest("mirror/app", old, fallback(app.top.digest))
    lab.registry.on("PUT", fallback(app.top.digest), somebody_else(lab, app, 2))
    lab.push(app, *notes).ok()
    same(len(listed(lab, app)["manifests"]), 3, "entries of both")
    same([entry.status for entry in lab.registry.find("PUT", fallback(app.top.digest))],
         [412, 412, 201], "answers")
    lab.again()
    lab.registry.store.put_manifest("mirror/app", old, fallback(app.top.digest))
    lab.registry.on("PUT", fallback(app.top.digest), somebody_else(lab, app, 100))
    lab.push(app, *notes).fails("conflict", "too many concurrent updates")


@case("referrers-tag-raced")
def list_refused_once(lab):
    "409 for a list: it is read and extended again"
    app, notes = carried(lab)
    lab.registry.handler.has_referrers = False
    lab.registry.on("PUT", fallback(app.top.digest), status(409), times=1)
    lab.push(app, *notes).ok()
    same(len(listed(lab, app)["manifests"]), 1, "entries")
    same([entry.status for entry in lab.registry.find("PUT", fallback(app.top.digest))], [409, 201],
         "answers")


@case("referrers-tag-raced")
def keeps_entries_of_two_imports(lab):
    "two imports at once extend one list and both entries remain"
    app, notes = carried(lab, 2)
    handler = lab.registry.handler
    handler.has_referrers, handler.has_etags = False, True
    old = Document({"manifests": []}, INDEX)
    lab.registry.store.put_manifest("mirror/app", old, fallback(app.top.digest))
    bundles = [lab.bundle(app, one) for one in notes]
    gate = threading.Barrier(2, timeout=20)
    met = threading.Event()

    def meet(request, proceed):
        reply = proceed()
        if not met.is_set():
            try:
                gate.wait()
            except threading.BrokenBarrierError:
                pass
            met.set()
        return reply
    lab.registry.on("GET", f"mirror/app/manifests/{fallback(app.top.digest)}", meet, times=2)
    runs, lab.repeats_allowed = {}, True

    def push(number):
        runs[number] = lab.push(app, notes[number])
    threads = [threading.Thread(target=push, args=(n,)) for n in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    check(bundles and len(runs) == 2, "both ran")
    for run in runs.values():
        run.ok()
    same({entry["digest"] for entry in listed(lab, app)["manifests"]},
         {n.top.digest for n in notes}, "entries")


main()
