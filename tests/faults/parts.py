# SPDX-License-Identifier: Apache-2.0
"""Images that are not all at one place: left out, linked to, or inside of a descriptor."""
import base64
import json
import os

from harness import *  # first: it knows the way to the others

from client import INDEX
from images import EMPTY, OCI_CONFIG, OCI_LAYER, Blob, Document, json_blob
from pictures import Picture, layer

FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
FEW = ("--retries", "1")


def windows(lab, links, size=3000, **more):
    """An image whose first layer the registry does not have, but these links to it."""
    far, near = layer("far", size, FOREIGN), layer("near", size)
    config = json_blob({"os": "windows", "architecture": "amd64"}, OCI_CONFIG)
    layers = [{**far.descriptor(), "urls": links(far)}, near.descriptor()]
    top = Document({"config": config.descriptor(), "layers": layers, **more},
                   "application/vnd.oci.image.manifest.v1+json")
    picture = lab.serve(Picture("app:1", [top], [config, near]))
    picture.far = far
    picture.blobs.append(far)
    return picture


def elsewhere(lab, far):
    """The layer is at lab.other, in a repository of its own."""
    lab.other.store.put_blob("far", far)
    return f"{lab.other.url}/v2/far/blobs/{far.digest}"


@case("foreign-layers")
def copies_foreign_layers_on_request(lab):
    "a copy fetches foreign layers on request, from the first URL that has them"
    def links(far):
        return ["ftp://127.0.0.3/x", f"{lab.other.url}/v2/none/blobs/{far.digest}",
                elsewhere(lab, far)]
    app = windows(lab, links)
    lab.copy(app, to=lab.other).fails("not-found", hint="--foreign-layers")
    same(lab.other.count("GET", "/far/"), 0, "requests to the URL")
    lab.again()
    lab.copy(app, to=lab.other, options=["--foreign-layers", *FEW]).ok()
    lab.landed(app, at=lab.other)


@case("foreign-layers")
def writes_foreign_layers_to_a_layout(lab):
    "a copy to a layout fetches foreign layers on request, too, and else writes no entry"
    app = windows(lab, lambda far: [elsewhere(lab, far)])
    folder = os.path.join(lab.folder, "layout")
    words = ["copy", "--json", "--no-referrers", "--ca-file", lab.authority.ca, app.ref,
             "oci:" + folder]
    lab.sealift(*words).fails("not-found", hint="--foreign-layers")
    same(lab.other.count(), 0, "requests to the URL")
    check(not os.path.exists(os.path.join(folder, "index.json")), "there is no entry")
    lab.again()
    lab.sealift(*words, "--foreign-layers").ok()
    for blob in app.blobs:
        check(os.path.exists(os.path.join(folder, "blobs/sha256", blob.digest[7:])),
              f"{blob.digest} is there")


@case("foreign-layers", "foreign-layers-not-fetched")
def fetches_foreign_layers_on_request(lab):
    "foreign layers are fetched on request, from the first URL that has them, without secrets"
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})

    def links(far):
        bad = f"{lab.storage.url}/nothing/{far.digest}"
        return ["ftp://127.0.0.3/x", "/v2/", bad, elsewhere(lab, far)]
    app = windows(lab, links)
    lab.export(app).fails("not-found", app.far.digest, hint="--foreign-layers")
    same(lab.other.count() + lab.storage.count(), 0, "requests to others")
    lab.again()
    lab.storage.on("GET", "", status(500))
    lab.export(app, "--foreign-layers", *FEW).ok().carries(app)
    check("other" not in lab.log.authorized() and "storage" not in lab.log.authorized(),
          "no other host saw a password")
    check(lab.registry.count("GET", app.far.digest) == 1, "the registry is asked first")


@case("foreign-layers")
def sends_no_login_to_foreign_urls(lab):
    "a foreign URL that requires a login gets none"
    password = lab.wants_password(lab.other)
    lab.docker_config({lab.other.host: ("robot", password)})
    app = windows(lab, lambda far: [elsewhere(lab, far)])
    lab.export(app, "--foreign-layers", *FEW).fails("auth", app.far.digest)
    check("other" not in lab.log.authorized(), "the password stayed here")


@case("foreign-layers")
def refuses_bad_foreign_urls(lab):
    "foreign URLs with other bytes, plain HTTP or a redirect are refused"
    app = windows(lab, lambda far: [elsewhere(lab, far)])
    lab.repeats_allowed = True
    lab.other.on("GET", "/blobs/", body(lambda data: bytes(len(data))))
    lab.export(app, "--foreign-layers", *FEW).fails("integrity", app.far.digest, reason="digest")
    lab.again()
    lab.other.on("GET", "/blobs/", body(lambda data: data + b"more"))
    lab.export(app, "--foreign-layers", *FEW).fails("integrity", app.far.digest, reason="size")
    lab.again()
    lab.other.on("GET", "/blobs/", status(302, "", None, Location="http://127.0.0.3:1/"))
    lab.export(app, "--foreign-layers", *FEW).fails("protocol", "https to http")
    lab.again()
    app = windows(lab, lambda far: [elsewhere(lab, far).replace("https:", "http:")])
    lab.export(app, "--foreign-layers", *FEW).fails("protocol", "http")
    same(lab.other.count(), 0, "plain requests")


@case("foreign-layers")
def prefers_the_registry_for_foreign_layers(lab):
    "a foreign layer that the registry has is fetched from there"
    app = windows(lab, lambda far: [elsewhere(lab, far)])
    lab.registry.store.put_blob("app", app.far)
    lab.export(app, "--foreign-layers").ok().carries(app)
    same(lab.other.count(), 0, "requests to others")


@case("foreign-layers-pushed")
def pushes_foreign_layers(lab):
    "a foreign layer in the bundle is pushed like any other"
    app = image("app:1")
    far = layer("far", 2000, FOREIGN)
    fields = json.loads(app.top.data)
    fields["layers"].append({**far.descriptor(), "urls": ["https://127.0.0.3:1/x"]})
    del fields["mediaType"], fields["schemaVersion"]
    app.documents = [Document(fields, app.top.media_type)]
    app.blobs.append(far)
    lab.push(app).ok()
    check(far.digest in lab.registry.store.repos["mirror/app"].blobs, "it is there")
    lab.again()
    lab.registry.store.repos.clear()
    lab.registry.on("PUT", "/manifests/", denied(400, "MANIFEST_INVALID", "invalid URL"))
    lab.push(app).fails("protocol", hint="validation.manifests.urls.allow")


@case("descriptor-data")
def uses_valid_descriptor_data(lab):
    "data in descriptors is used when it matches, else ignored"
    def make(change):
        note = Blob([b"a note inside"], "text/plain")
        config = json_blob({"inside": True}, OCI_CONFIG)
        data = {"data": base64.b64encode(note.pieces[0]).decode()}
        child = Document({"config": config.descriptor(),
                          "layers": [{**note.descriptor(), **change(data)}]},
                         "application/vnd.oci.image.manifest.v1+json")
        inside_too = {"data": base64.b64encode(child.data).decode()}
        top = Document({"manifests": [{**child.descriptor(), **change(inside_too)}]}, INDEX)
        return Picture("app:1", [child, top], [config, note])

    right = make(lambda data: data)
    right.put(lab.registry.store)
    right.origin = lab.registry
    lab.registry.on("GET", right.blobs[1].digest, status(404))
    lab.registry.on("GET", right.documents[0].digest, status(404))
    lab.export("--no-referrers", right).ok().carries(right)
    same(lab.registry.count("GET", right.blobs[1].digest) +
         lab.registry.count("GET", right.documents[0].digest), 0, "requests for it")
    for wrong in ({"data": "e30="}, {"data": "not base64"}, {"data": 7}, {"data": ""}):
        picture = make(lambda data, wrong=wrong: wrong)
        lab.again()
        lab.export(lab.serve(picture)).ok().carries(picture)
        same(lab.registry.count("GET", picture.blobs[1].digest), 1, f"requests with {wrong}")


@case("index-of-blobs")
def exports_build_caches(lab):
    "a build cache, whose children are blobs, is exported, in an index of unknown children too"
    layers = [layer(f"cache/{n}", 900) for n in range(2)]
    config = json_blob({"layers": [one.digest for one in layers]},
                       "application/vnd.buildkit.cacheconfig.v0")
    odd = Blob([b'{"schemaVersion":2}'], "application/vnd.example.odd+json")
    blobs = [*layers, config, odd]
    top = Document({"manifests": [one.descriptor() for one in blobs]}, INDEX)
    picture = lab.serve(Picture("cache:1", [top], blobs))
    lab.export(picture).ok().carries(picture)
    lab.again()
    lab.export(picture, "--platform", "linux/amd64").ok().carries(picture)
    lab.again()
    lab.push(picture).ok()


def strict_index(lab, child):
    """A rule: an index is accepted only when its child was put as a manifest."""
    def put(request, proceed):
        if child.digest not in lab.registry.store.repo("mirror/odd").manifests:
            return Reply(404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', "application/json")
        return proceed()
    return put


@case("index-child-of-unknown-type")
def odd_child(lab):
    "a child of unknown type is pushed as a manifest, or as a blob if refused"
    odd = Blob([b'{"x":[1,2]}'], "application/vnd.example.odd+json")
    text = Blob([b"no JSON"], "application/vnd.example.text")
    large = Blob([b'{"x":"' + b"y" * (4 << 20) + b'"}'], "application/vnd.example.large+json")
    top = Document({"manifests": [one.descriptor() for one in (odd, text, large)]}, INDEX)
    picture = Picture("odd:1", [top], [odd, text, large])
    repo = lab.registry.store.repo("mirror/odd")
    lab.registry.on("PUT", f"/manifests/{top.digest}", strict_index(lab, odd))
    run = lab.push(picture, options=["--read-back", "blobs"]).ok()
    same(repo.manifests.get(odd.digest), (b'{"x":[1,2]}', odd.media_type), "the child")
    check(odd.digest not in repo.blobs and {text.digest, large.digest} <= set(repo.blobs), "blobs")
    same((run.json["counts"]["manifestsPushed"], run.json["counts"]["blobsUploaded"]), (2, 2), "counts")
    same(lab.registry.count("PUT", "/manifests/sha256"), 2, "manifests that were tried")
    lab.log.forget()
    lab.push(picture).ok()
    same(lab.registry.count("PUT|POST|PATCH"), 0, "writes of the second import")
    lab.export(f"{lab.registry.host}/mirror/odd:1").ok().carries(picture)
    for code in (400, 403, 404, 405, 415, 422):
        lab.again()
        lab.registry.store.repos.clear()
        repo = lab.registry.store.repo("mirror/odd")
        lab.registry.on("PUT", f"/manifests/{odd.digest}", status(code))
        lab.push(picture, options=["--read-back", "blobs"]).ok()
        lab.landed(picture)
        lab.log.forget()
        lab.push(picture).ok()
        same(lab.registry.count("PUT|POST|PATCH"), 0, f"writes of the second import, after {code}")
    lab.again()
    lab.registry.store.repos.clear()
    lab.registry.on("PUT", f"/manifests/{odd.digest}", status(503))
    lab.push(picture, options=FEW).fails("network")


@case("index-child-missing")
def keeps_an_index_with_missing_children(lab):
    "an index without some children is kept and pushed where the registry allows it"
    app = lab.index("app:1", platforms=3)
    gone = app.documents[1].digest
    del lab.registry.store.repos["app"].manifests[gone]
    lab.export(app).fails("not-found", gone, hint="--platform")
    lab.again()
    run = lab.export(app, "--platform", "linux/amd64,linux/arm/v7").ok()
    same([one["digest"] for one in run.json["images"][0]["omitted"]], [gone], "left out")
    bundle = run.path
    words = ("--insecure-skip-verify", "--strip-host", "--ca-file", lab.authority.ca, "--json",
             "--progress", "none", bundle, lab.registry.host + "/kept")
    lab.registry.handler.checks_children = False
    lab.log.forget()
    lab.sealift("import", *words).ok()
    same(lab.registry.store.digest_of("kept/app", "1"), app.top.digest, "the tag")
    same(lab.registry.count("GET|HEAD|PUT", gone), 0, "requests for what is left out")
    lab.log.forget()
    lab.sealift("import", *words).ok()
    same(lab.registry.count("PUT|POST|PATCH"), 0, "writes of the second import")
    lab.registry.handler.checks_children = True
    lab.registry.store.repos["kept/app"].tags.clear()
    lab.registry.store.repos["kept/app"].manifests.pop(app.top.digest)
    lab.sealift("import", *words, "--retries", "1").fails("protocol", reason="sparse-index",
                                                         hint="--index rebuild")


main()
