# SPDX-License-Identifier: Apache-2.0
"""Manifests and tags that go up, and what registries make of it."""
from harness import *  # first: it knows the way to the others

from client import DOCKER_MANIFEST
from images import OCI_CONFIG, json_blob
from pictures import layer, manifest


@case("everything-present")
def uploads_nothing_that_is_present(lab):
    "when everything is present nothing is uploaded"
    app = image("app:1")
    app.put(lab.registry.store, "mirror/app")
    lab.push(app).ok()
    same(lab.registry.count("POST|PATCH|PUT|DELETE"), 0, "writes")


@case("everything-present")
def pushes_only_manifests_when_blobs_are_present(lab):
    "when the blobs are present only manifests are sent"
    app = image("app:1", size=3 << 20)
    app.put(lab.registry.store, "mirror/app")
    repo = lab.registry.store.repo("mirror/app")
    repo.manifests.clear()
    repo.tags.clear()
    lab.push(app).ok()
    lab.landed(app)
    same(lab.registry.count("PATCH", ""), 0, "uploads of the large layer")


@case("manifest-refused-for-missing-blob", "blob-reported-not-stored")
def uploads_a_lost_blob_again(lab):
    "a blob that the registry lost before its manifest is sent again, once"
    app = image("app:1", layers=2)

    def lose(_):
        lab.registry.store.forget_blob(app.layer.digest)
    lab.repeats_allowed = True
    lab.registry.on("PUT", "/manifests/", then(lose, None), times=1)
    lab.push(app).ok()
    lab.landed(app)
    same(lab.registry.count("PUT", f"/uploads/.*{app.layer.digest[7:]}"), 2, "times it was sent")


@case("blob-reported-not-stored")
def uploads_a_falsely_reported_blob(lab):
    "a blob that is reported present but is not gets uploaded"
    app = image("app:1", size=3 << 20)
    lab.registry.on("HEAD", app.layer.digest, status(200), times=1)
    lab.push(app).ok()
    lab.landed(app)


@case("blob-reported-not-stored")
def gives_up_when_blobs_never_appear(lab):
    "a registry that never finds uploaded blobs is given up"
    app = image("app:1")
    lab.repeats_allowed = True
    lab.registry.on("PUT", "/manifests/", denied(404, "MANIFEST_BLOB_UNKNOWN"))
    lab.push(app).fails("not-found", "MANIFEST_BLOB_UNKNOWN")
    check(lab.registry.count("PUT", "/manifests/") <= 4, "not too often")


@case("manifest-refused-for-missing-blob", "tags-last")
def pushes_in_order(lab):
    "blobs before manifests, children before parents, the tag last"
    app = index("app:1", platforms=3)
    lab.push(app).ok()
    lab.landed(app)
    puts = [e.path.rpartition("/")[2] for e in lab.registry.find("PUT", "/manifests/")]
    same(puts[-2:], [app.top.digest, "1"], "the last manifests")
    same({e.status for e in lab.registry.find("PUT", "/manifests/")}, {201}, "answers")


@case("tags-last", "import-stopped")
def moves_no_tag_after_a_refused_child(lab):
    "no tag moves when a child is refused"
    app, old = index("app:1", platforms=3), image("app:1", seed="old")
    old.put(lab.registry.store, "mirror/app")
    lab.registry.on("PUT", f"/manifests/{app.documents[1].digest}",
                    denied(400, "MANIFEST_INVALID", "not today"))
    lab.push(app, options=["--on-existing", "overwrite"]).fails("protocol", "not today")
    same(lab.registry.store.digest_of("mirror/app", "1"), old.top.digest, "the tag")
    lab.again()
    lab.push(app, options=["--on-existing", "overwrite"]).ok()
    lab.landed(app)


@case("import-stopped")
def pushes_no_manifest_after_a_refused_blob(lab):
    "no manifest is pushed when a blob is refused"
    app = index("app:1")
    lab.registry.on("PUT", f"/uploads/.*{app.layer.digest[7:]}", denied(403, "DENIED", "no room"))
    lab.push(app).fails("auth", "no room")
    same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


@case("one-image-refused")
def explains_one_refused_image(lab):
    "one refused image of several is explained, with a hint how to continue without it"
    app, cache = image("app:1"), image("cache:buildcache")
    ways = {f"/cache/manifests/{cache.top.digest}$": "manifest", "/cache/manifests/buildcache$": "tag"}
    for where, what in ways.items():
        lab.again()
        lab.registry.on("PUT", where, denied(400, "MANIFEST_INVALID", "no caches here"))
        name = f"{lab.registry.host}/mirror/cache:buildcache"
        run = lab.push(app, cache).fails("protocol", "no caches here", reason="refused",
                                         hint="--keep-going pushes the other images")
        run.fails("protocol", hint=f"to leave {name} out")
        lab.push(app, cache, options=["--keep-going"]).fails("partial").silent_about("refused")
        lab.landed(app)
        run = lab.push(cache).fails("protocol", "no caches here").silent_about("--keep-going")
    lab.again()
    lab.registry.on("PUT", "/cache/manifests/", status(404, '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN",'
                    '"message":"blob unknown","detail":{"digest":"sha256:beef"}}]}'))
    lab.repeats_allowed = True
    lab.push(app, cache).fails("not-found", "blob unknown; digest sha256:beef", reason="refused")


@case("manifest-conflict")
def decides_a_conflict_by_the_tag(lab):
    "after 409 on a manifest the content of the tag decides"
    app, other = image("app:1"), image("app:1", seed="other")
    for where in ("/manifests/1$", f"/manifests/{app.top.digest}$"):
        lab.registry.store.repos.clear()
        lab.again()
        lab.registry.on("PUT", where, done_but(409), times=1)
        lab.push(app).ok()
        lab.landed(app)
        same(lab.registry.count("PUT", where), 1, "tries where it is done")
        lab.registry.store.repos.clear()
        lab.again()
        lab.registry.on("PUT", where, status(409), times=2)
        lab.push(app).ok()
        lab.landed(app)
        lab.registry.store.repos.clear()
        lab.again()
        lab.registry.on("PUT", where, status(409))
        lab.push(app, options=["--retries", "1"]).fails("protocol", "gave up after 2 tries")
    lab.registry.store.repos.clear()
    lab.again()

    def faster(_):
        other.put(lab.registry.store, "mirror/app")
    lab.registry.on("PUT", "/manifests/1$", then(faster, status(409)))
    lab.push(app).fails("conflict", "the tag has another digest")
    same(lab.registry.count("PUT", "/manifests/1$"), 1, "tries where another one is there")


@case("tag-immutable")
def accepts_an_immutable_tag_with_the_same_content(lab):
    "an immutable tag with the same content is accepted"
    app = image("app:1")
    app.put(lab.registry.store, "mirror/app")
    lab.registry.handler.immutable_tags = True
    lab.push(app).ok()


@case("tag-immutable")
def refuses_an_immutable_tag_with_other_content(lab):
    "an immutable tag with other content is a conflict"
    lab.registry.handler.immutable_tags = True
    image("app:1", seed="old").put(lab.registry.store, "mirror/app")
    lab.push(image("app:1")).fails("conflict")
    same(lab.registry.count("POST|PATCH|PUT|DELETE"), 0, "writes")
    lab.push(image("app:1"), options=["--on-existing", "overwrite"]).fails("conflict", "immutable")


@case("registry-accepts-everything", "push-answer-too-good", "read-back")
def detects_a_server_that_stores_nothing(lab):
    "a server that accepts everything and stores nothing is detected"
    for code in (200, 201):
        lab.again()
        lab.registry.on("POST", "", status(202, Location="/v2/mirror/app/blobs/uploads/1"))
        lab.registry.on("PUT|PATCH", "", status(code))
        run = lab.push(image("app:1"))
        check(run.status != 0, "it fails")


@case("push-answer-too-good")
def detects_a_web_server(lab):
    "a web page with 200 for every request is detected"
    lab.registry.on(None, "", status(200, "<html>Welcome</html>", "text/html"))
    check(lab.push(image("app:1")).status in (5, 6), "it fails")


@case("read-back")
def reads_manifests_and_tags_back(lab):
    "a manifest or tag that reads back wrong is an error"
    for where in (f"/manifests/{image('app:1').top.digest}", "/manifests/1$"):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on("GET", where, body(lambda data: data + b" "))
        lab.push(image("app:1")).fails("integrity")


@case("read-back")
def moves_no_tag_after_a_bad_read_back(lab):
    "a manifest that reads back wrong leaves its tag unchanged"
    app, old = image("app:1"), image("app:1", seed="old")
    old.put(lab.registry.store, "mirror/app")
    lab.registry.on("GET", f"/manifests/{app.top.digest}", body(lambda data: data + b" "))
    lab.push(app, options=["--on-existing", "overwrite"]).fails("integrity")
    same(lab.registry.store.digest_of("mirror/app", "1"), old.top.digest, "the tag")


@case("manifest-stored-under-other-digest", "push-answer-too-good")
def refuses_another_manifest_digest(lab):
    "a manifest stored under another digest is an error"
    app = image("app:1")
    lab.registry.on("PUT", "/manifests/", header("Docker-Content-Digest", "sha256:" + "0" * 64))
    lab.push(app).fails("integrity", "another digest", reason="digest")


@case("push-answer-too-good")
def refuses_another_blob_digest(lab):
    "a blob stored under another digest is an error"
    lab.registry.on("PUT", "/uploads/", header("Docker-Content-Digest", "sha256:" + "0" * 64))
    lab.push(image("app:1")).fails("integrity", "another digest", reason="digest")


@case("digest-header-is-no-digest")
def ignores_an_empty_digest_header(lab):
    "Docker-Content-Digest that is empty or malformed counts as absent"
    app = image("app:1")
    for value in ("", "latest", "sha256:", "sha256:beef", "md5:" + "0" * 32):
        lab.registry.store.repos.clear()
        lab.again()
        lab.registry.on("PUT|POST|GET|HEAD", "", header("Docker-Content-Digest", value))
        lab.push(app).ok()
        lab.landed(app)


@case("several-tags")
def sets_several_tags(lab):
    "each of several tags gets its own request"
    one, two = image("app:1"), image("app:2")
    two.documents, two.blobs = one.documents, one.blobs
    lab.push(one, two).ok()
    lab.landed(one)
    lab.landed(two)
    same([e.query for e in lab.registry.find("PUT", "/manifests/") if e.query], [], "queries")


@case("repository-must-exist")
def hints_to_create_the_repository(lab):
    "a repository that must be created first is not retried, and a hint says so"
    lab.registry.handler.makes_repos = False
    lab.push(image("app:1"), jobs=1).fails("not-found", "NAME_UNKNOWN", hint="create the repository")
    check(lab.registry.count("POST") <= 2, "asked for a mount and for an upload, no more")


@case("repository-must-exist")
def hints_to_create_the_project(lab):
    "a Harbor project that must be created first is named, for each status"
    for code in (401, 404, 500):
        lab.again()
        lab.registry.on("GET|HEAD|POST", "/v2/mirror/",
                        denied(code, "UNAUTHORIZED", "project mirror not found"))
        lab.push(image("app:1"), jobs=1).fails("not-found", "project mirror not found",
                                               hint="create the project 'mirror'")
        check(lab.registry.count("POST") <= 2, "asked for a mount and for an upload, no more")


@case()
def reports_a_read_only_registry(lab):
    "a registry that cannot be written, such as a cache, is reported"
    lab.registry.handler.read_only = True
    lab.push(image("app:1"), jobs=1).fails("protocol", "read-only, a cache or a group")
    check(lab.registry.count("POST|PUT|PATCH") <= 2, "not too many tries")


@case("media-type-refused")
def reports_a_refused_media_type(lab):
    "a refused media type is reported"
    config = json_blob({}, OCI_CONFIG)
    file = layer("file", 100)
    top = manifest(config, [file], mediaType=DOCKER_MANIFEST)
    app = Picture("app:1", [top], [config, file])
    lab.registry.handler.allowed_types = ["application/vnd.oci.image.manifest.v1+json"]
    lab.push(app, jobs=1).fails("protocol", "media type", hint="digests would change")
    same(lab.registry.count("PUT", "/manifests/"), 1, "tries")
    lab.registry.handler.allowed_types = None
    lab.push(app).ok()
    lab.landed(app)


@case("names-inside-bundle-ignored")
def ignores_names_in_documents(lab):
    "names inside documents do not decide where they are pushed"
    names = {"org.opencontainers.image.ref.name": "evil.test/x:1",
             "io.containerd.image.name": f"{lab.other.host}/x:1",
             "dev.sealift.name": "../../x:1"}
    app = index("app:1", annotations=names)
    lab.push(app).ok()
    lab.landed(app)
    same(lab.other.count(), 0, "requests to another registry")
    same([str(e) for e in lab.log.writes() if not e.path.startswith("/v2/mirror/app/")], [],
         "writes elsewhere")


main()
