# SPDX-License-Identifier: Apache-2.0
"""Exports that go on without what they cannot have: --keep-going and --allow-incomplete."""
import os

from harness import *  # first: it knows the way to the others

from pictures import raw_document

FEW = ("--retries", "1")
PARTLY = ("--keep-going", *FEW)
LESS = ("--allow-incomplete", *FEW)


def failures(run):
    """Failures: {digest or name: kind}."""
    return {gap.get("blob") or gap.get("manifest") or gap["image"]: gap["error"]["kind"]
            for gap in run.json["failures"]}


def digest_name(picture, document):
    return f"{picture.ref.rpartition(':')[0]}@{document.digest}"


def inspected(run):
    return run.lab.sealift("inspect", "--json", "--progress", "none", run.path).ok().json


def verified(lab, path, *options):
    return lab.sealift("verify", "--json", "--progress", "none", "--insecure-skip-verify", *options,
                       path)


def incomplete(run, *missing):
    """There is a bundle that lacks these, says so, and is taken by those who are told to."""
    run.fails("partial", hint="--allow-incomplete")
    same(run.json["missing"], sorted(missing), "what export says is missing")
    same(inspected(run)["missing"], sorted(missing), "what inspect says is missing")
    verified(run.lab, run.path).fails("trust", reason="incomplete-bundle",
                                      hint="--allow-incomplete")
    again = verified(run.lab, run.path, "--allow-incomplete").ok()
    same(again.json["missing"], sorted(missing), "what verify says is missing")
    same([one["name"] for one in again.json["overrides"]], ["incomplete"], "overrides")
    return run


def without(*pictures, but=()):
    """Objects of pictures, but for those."""
    found = {}
    for picture in pictures:
        found.update(picture.bytes_of())
    return sorted(set(found) - {one.digest for one in but})


@case()
def lists_an_image_with_a_missing_layer(lab):
    "an image with an unavailable layer is listed as missing, the rest is exported"
    for code, kind in ((404, "not-found"), (403, "auth"), (410, "protocol"), (500, "network")):
        lab.again()
        good, bad = lab.image("good:1"), lab.image("bad:1", layers=3)
        lab.registry.on("GET", bad.layers[1].digest, status(code))
        run = lab.export(good, bad, *PARTLY).fails("partial", hint="--allow-incomplete")
        same(failures(run), {bad.layers[1].digest: kind}, "failures")
        gap = run.json["failures"][0]
        same((gap["image"], gap["manifest"]), (bad.ref, bad.top.digest), "who suffers")
        same(run.json["missing"], [bad.ref], "missing")
        check(not os.path.exists(run.path), "there is no bundle")
        check(os.path.exists(run.path + ".partial"), "what came is kept")
        fetched = lab.registry.count("GET", "/blobs/")
        run = incomplete(lab.export(good, bad, *LESS), bad.ref).carries(good)
        same(run.json["fetchedBytes"], 0, "bytes fetched again")
        check(lab.registry.count("GET", "/blobs/") <= fetched + 3, "only the one is asked for")
        check(not os.path.exists(run.path + ".partial"), "nothing else stays")


@case()
def fetches_only_what_was_missing(lab):
    "when the layer is back, only that is fetched"
    good, bad = lab.image("good:1", size=90000), lab.image("bad:1", size=5000)
    rule = lab.registry.on("GET", bad.layer.digest, status(404))
    lab.export(good, bad, *PARTLY).fails("partial")
    lab.registry.rules.remove(rule)
    run = lab.export(good, bad).ok().carries(good, bad)
    same(run.json["fetchedBytes"], bad.layer.size, "bytes fetched")
    lab.again()
    rule = lab.registry.on("GET", bad.layer.digest, status(404))
    less = incomplete(lab.export(good, bad, *LESS), bad.ref)
    lab.registry.rules.remove(rule)
    os.rename(less.path, less.path + ".old")
    run = lab.export(good, bad, "--reuse", less.path + ".old").ok().carries(good, bad)
    same(run.json["fetchedBytes"], bad.layer.size + bad.config.size, "bytes fetched with --reuse")


@case()
def lists_an_image_with_a_broken_blob(lab):
    "an image whose blob is wrong at every attempt is listed as missing"
    lab.repeats_allowed = True
    good, bad = lab.image("good:1"), lab.image("bad:1")
    rule = lab.registry.on("GET", bad.layer.digest, flip(7))
    run = incomplete(lab.export(good, bad, *LESS), bad.ref).carries(good)
    same(failures(run), {bad.layer.digest: "integrity"}, "failures")
    lab.again()
    lab.registry.rules.append(rule)
    lab.export(good, bad, *PARTLY).fails("partial")
    lab.registry.rules.clear()
    run = lab.export(good, bad).ok().carries(good, bad)
    same(run.json["fetchedBytes"], bad.layer.size, "bytes fetched")


@case()
def keeps_the_other_platforms(lab):
    "an index with one broken platform keeps the others"
    app = lab.index("app:1", platforms=3)
    arm, layer = app.documents[1], app.layers[1]
    lab.registry.on("GET", layer.digest, status(404))
    run = incomplete(lab.export(app, *LESS), digest_name(app, arm))
    want = without(app, but=(arm, layer, app.blobs[2]))
    same(sorted(run.objects()), want, "objects")
    image = inspected(run)["images"][0]
    same([one["missing"] for one in image["platforms"]], [False, True, False], "platforms")
    check(sorted(run.objects()) == want, "the same")
    lab.again()
    lab.registry.on("GET", f"/manifests/{arm.digest}", status(404))
    lab.registry.on("GET", f"/blobs/{arm.digest}", status(404))
    run = incomplete(lab.export(app, *LESS), digest_name(app, arm))
    same(sorted(run.objects()), want, "objects without the manifest")
    same(failures(run), {arm.digest: "not-found"}, "failures")
    lab.again()
    lab.registry.on("GET", app.layers[0].digest, status(404))
    chosen = ("--platform", "linux/amd64,linux/arm64")
    run = incomplete(lab.export(app, *chosen, *LESS), digest_name(app, app.documents[0]))
    same([(one["omitted"], one["missing"]) for one in inspected(run)["images"][0]["platforms"]],
         [(True, True), (False, False), (True, False)], "left out and missing")
    lab.again()
    lab.registry.on("GET", app.layers[0].digest, status(404))
    good = lab.image("good:1")
    run = incomplete(lab.export(app, good, "--platform", "linux/amd64", *LESS), app.ref)
    same(sorted(run.objects()), without(good), "nothing of an image without its one platform")
    lab.again()
    lab.registry.on("GET", app.layers[0].digest, status(404))
    run = incomplete(lab.export(app, *chosen, "--index", "rebuild", *LESS),
                     digest_name(app, app.documents[0]))
    same(len(run.json["images"][0]["omitted"]), 1, "children a new index lacks")


@case()
def lists_unresolved_tags(lab):
    "tags that do not exist and tag lists that fail are listed"
    good = lab.image("good:1")
    for code, kind in ((404, "not-found"), (403, "auth"), (410, "protocol")):
        lab.again()
        lab.registry.on("GET", "/manifests/2", status(code))
        lab.registry.on("GET", "/none/tags/list", status(code))
        gone, none = f"{lab.registry.host}/good:2", f"{lab.registry.host}/none"
        run = incomplete(lab.export(good, gone, none, "--all-tags", *LESS), gone, none)
        same(failures(run), {gone: kind, none: kind}, "failures")
        run.carries(good)
    lab.again()
    lab.registry.on("GET", "/manifests/", status(404))
    run = lab.export(good, *LESS).fails("partial", hint="no images left")
    check(not os.path.exists(run.path), "no bundle of nothing")
    same(run.json["missing"], [good.ref], "missing")


@case()
def exports_from_the_registry_that_works(lab):
    "when one of two registries is down, shared objects come from the other"
    here, there = lab.image("app:1"), lab.image("other:1", at=lab.other)
    shared = lab.image("app:2")
    lab.serve(image("app:2"), lab.other)
    lab.registry.on("GET", "/blobs/", status(503))
    twin = f"{lab.other.host}/app:2"
    run = incomplete(lab.export(here, shared, there, twin, *LESS), here.ref)
    run.carries(there, shared)
    lab.again()
    lab.registry.stop()
    run = incomplete(lab.export(here, there, *LESS), here.ref).carries(there)
    same(failures(run), {here.ref: "network"}, "failures")


@case()
def asks_a_silent_registry_once(lab):
    "a registry that never answers is not asked again for each image"
    good = lab.image("good:1")
    lab.other.on("", "", end("drop"))
    gone = [f"{lab.other.host}/gone{number}:1" for number in range(20)]
    incomplete(lab.export(good, *gone, "--allow-incomplete", jobs=1), *gone).carries(good)
    check(lab.other.count() < 10, f"{lab.other.count()} requests")


@case()
def finds_a_child_in_another_repository(lab):
    "a child missing in one repository is taken from another"
    app = lab.index("app:1")
    app.put(lab.registry.store, "copy")
    lab.registry.on("GET", f"/app/.*/{app.documents[0].digest}", status(404))
    run = lab.export(app, f"{lab.registry.host}/copy:1", *PARTLY).ok()
    run.carries(app)
    pinned = f"{lab.registry.host}/gone@{app.documents[0].digest}"
    run = lab.export(pinned, f"{lab.registry.host}/copy@{app.documents[0].digest}", "--force",
                     *PARTLY).ok()


@case()
def continues_past_broken_documents(lab):
    "malformed manifests are listed and the rest is exported"
    good = lab.image("good:1")
    for number, (fields, kind) in enumerate(((b"{", "protocol"), (b"[]", "protocol"))):
        lab.again()
        media_type = "application/vnd.oci.image.manifest.v1+json"
        bad = raw_document(fields, media_type)
        lab.registry.store.put_manifest(f"bad{number}", bad, "1")
        name = f"{lab.registry.host}/bad{number}:1"
        run = incomplete(lab.export(good, name, *LESS), name).carries(good)
        same(list(failures(run).values()), [kind], "failures")


@case()
def lists_missing_referrers(lab):
    "referrers that cannot be fetched, or whose image cannot, are listed"
    app, bad = lab.image("app:1"), lab.image("bad:1")
    note = artifact("app:note", subject=app.top.descriptor())
    lost = artifact("bad:note", subject=bad.top.descriptor())
    lab.serve(note), lab.serve(lost)
    lab.registry.on("GET", bad.layer.digest, status(404))
    run = incomplete(lab.export(app, bad, *LESS), bad.ref,
                     digest_name(bad, lost.top))
    run.carries(app, note)
    lab.again()
    lab.registry.on("GET", "/bad/referrers/", status(503))
    run = lab.export(app, bad, *LESS)
    hidden = f"{lab.registry.host}/bad:{bad.top.digest.replace(':', '-')}"
    incomplete(run, hidden).carries(app, note, bad)


@case()
def writes_volumes(lab):
    "incomplete bundles can be split into volumes"
    good, bad = lab.image("good:1", size=1500000), lab.image("bad:1", size=1200000)
    rule = lab.registry.on("GET", bad.layer.digest, status(404))
    cut = ("--volume-size", "1M")
    run = lab.export(good, bad, *cut, *PARTLY)
    run.fails("partial")
    run = lab.export(good, bad, *cut, *LESS)
    run.fails("partial")
    same(run.json["fetchedBytes"], 0, "bytes fetched again")
    left = sorted(os.listdir(os.path.dirname(run.path)))
    same(left, ["images.tar.001", "images.tar.002"], "files")
    verified(lab, run.path + ".001", "--allow-incomplete").ok()
    verified(lab, run.path + ".001").fails("trust", reason="incomplete-bundle")
    lab.registry.rules.remove(rule)
    lab.again()
    lab.registry.on("GET", "/bad/manifests/1", status(404))
    lab.export(good, bad, *cut, *PARTLY).fails("partial")
    lab.registry.rules.clear()
    run = lab.export(good, bad, *cut)
    same(run.status, 0, "exit status")
    same(run.json["fetchedBytes"], bad.layer.size + bad.config.size, "bytes fetched")


@case()
def fails_at_once_on_final_errors(lab):
    "errors that no gap explains end the export at once"
    app = lab.image("app:1")
    lab.registry.on("GET", app.layer.digest, status(404))
    lab.export(app, "--keep-going", "--volume-size", "x").fails("usage")
    run = lab.export(app, "--dry-run", *PARTLY).ok()
    check(not run.json["failures"], "no blob is asked for")
    lab.registry.on("GET", "/manifests/", status(404))
    run = lab.export(app, "--dry-run", *PARTLY).fails("partial")
    same(run.json["missing"], [app.ref], "missing")


@case()
def writes_the_same_bundle_without_gaps(lab):
    "without a failure the bundle is the same as without the options"
    app = lab.index("app:1")
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    with open(lab.export(app, env=env).ok().path, "rb") as file:
        plain = file.read()
    lab.again()
    run = lab.export(app, *LESS, env=env).ok()
    with open(run.path, "rb") as file:
        check(file.read() == plain, "the same bytes")
    same((run.json["failures"], run.json["missing"]), ([], []), "gaps")


@case()
def import_refuses_before_any_request(lab):
    "import refuses an incomplete bundle before any request to the target"
    good, bad = lab.image("good:1"), lab.image("bad:1")
    lab.registry.on("GET", bad.layer.digest, status(404))
    run = lab.export(good, bad, *LESS).fails("partial")
    options = ("--json", "--progress", "none", "--insecure-skip-verify", "--strip-host",
               "--ca-file", lab.authority.ca)
    target = f"{lab.other.host}/mirror"
    refused = lab.sealift("import", *options, run.path, target)
    refused.fails("trust", reason="incomplete-bundle", hint="--allow-incomplete")
    same(lab.other.count(), 0, "requests")
    taken = lab.sealift("import", *options, "--allow-incomplete", run.path, target).ok()
    same(taken.json["missing"], [bad.ref], "missing")
    lab.landed(good, lab.other)
    check(not lab.other.store.repo("mirror/bad").tags, "no tag for what is missing")


main()
