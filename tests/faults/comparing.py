# SPDX-License-Identifier: Apache-2.0
"""What diff reports of bundles, registries and receipts."""
import json
import os
import subprocess

from harness import *

MIB = 1 << 20
WRITES = ("POST", "PATCH", "PUT", "DELETE")


def is_same(run, count):
    """Nothing differs, and so many names were compared."""
    run.ok()
    same((run.json["onlyA"], run.json["onlyB"], run.json["different"], run.json["same"]),
         ([], [], [], count), "differences")
    return run


def differs(run, only_a=(), only_b=(), different=()):
    """These names differ, given without their registry; the fields of the result."""
    run.fails("differ")
    for member, want in (("onlyA", only_a), ("onlyB", only_b), ("different", different)):
        same(sorted(row["name"].partition("/")[2] for row in run.json[member]), sorted(want),
             member)
    return run.json


def place(lab, prefix="mirror", at=None):
    return (at or lab.registry).host + (f"/{prefix}" if prefix else "")


def written(lab):
    return sum(one.count(method) for one in lab.origins() for method in WRITES)


def size_of(*pictures):
    """The bytes of what these consist of, each once."""
    objects = {}
    for picture in pictures:
        objects.update(picture.bytes_of())
    return sum(len(data) for data in objects.values())


def put_at_target(lab, picture, prefix="mirror"):
    """As an import of it lands."""
    picture.put(lab.registry.store, f"{prefix}/{picture.repo}")


# ---- a bundle and a registry ----

@case("diff-bundle-registry")
def compares_a_bundle_with_a_registry(lab):
    "a bundle and a registry are the same after an import, and differ before, by all its bytes"
    app, site = index("team/app:1"), image("site:1", size=5000)
    bundle = lab.bundle(app, site)
    result = differs(lab.diff(bundle, place(lab), "--strip-host"),
                     only_a=["team/app:1", "site:1"])
    same(result["bytes"], size_of(app, site) - sum(
        document.size for document in (*app.documents, *site.documents)), "bytes of blobs")
    lab.push(app, site).ok()
    lab.log.forget()
    is_same(lab.diff(bundle, place(lab), "--strip-host"), 2)
    same(written(lab), 0, "requests that write")
    same(lab.registry.count("GET", "/blobs/"), 0, "blobs fetched")


@case("diff-bundle-registry")
def names_what_differs(lab):
    "names that are missing, additional, or have another digest, and the bytes to travel"
    old, new = image("app:1", seed="old"), image("app:1", size=5000)
    kept, missing = image("app:2"), image("site:1", size=7000)
    bundle = lab.bundle(new, kept, missing)
    for picture in (old, kept, image("app:3"), image("other:1")):
        put_at_target(lab, picture)
    result = differs(lab.diff(bundle, place(lab), "--strip-host"), only_a=["site:1"],
                     only_b=["mirror/app:3"], different=["app:1"])
    same((result["different"][0]["a"], result["different"][0]["b"], result["same"]),
         (new.top.digest, old.top.digest, 1), "digests")
    same(result["different"][0]["nameB"], f"{place(lab)}/app:1", "name in B")
    config = sum(len(b"".join(picture.config.pieces)) for picture in (new, missing))
    same(result["bytes"], 5000 + 7000 + config, "bytes")
    back = differs(lab.diff(place(lab), bundle, "--strip-host"), only_a=["mirror/app:3"],
                   only_b=["site:1"], different=["mirror/app:1"])
    same(back["bytes"], size_of(old, image("app:3")), "bytes the other way")
    lab.again()
    lab.diff(bundle, place(lab), "--map", "none.example=x").fails("usage")


@case("diff-bundle-registry")
def ignores_lists_of_referrers(lab):
    "a tag that lists referrers, which an import makes, is not a difference"
    lab.registry.handler.has_referrers = False
    app = image("app:1")
    attached = artifact("app:note", b"note", subject=app.top.descriptor())
    lab.serve(app, lab.other)
    attached.put(lab.other.store)
    del lab.other.store.repo("app").tags["note"]
    run = lab.export(app).ok()
    bundle = os.path.join(lab.folder, "bundle.tar")
    os.rename(run.path, bundle)
    lab.sealift("import", "--insecure-skip-verify", "--strip-host", "--ca-file", lab.authority.ca,
                bundle, place(lab))
    check(any(tag.startswith("sha256-") for tag in lab.registry.store.repo("mirror/app").tags),
          "there is a list")
    is_same(lab.diff(bundle, place(lab), "--strip-host"), 2)
    del lab.registry.store.repo("mirror/app").manifests[attached.top.digest]
    differs(lab.diff(bundle, place(lab), "--strip-host"), only_a=[f"app@{attached.top.digest}"])


@case("diff-bundle-registry")
def compares_without_a_list_of_tags(lab):
    "where tags may not be listed, the names of the bundle are compared, with a warning"
    app, site = image("app:1"), image("app:2", size=5000)
    bundle = lab.bundle(app, site)
    put_at_target(lab, app)
    put_at_target(lab, image("app:3"))
    lab.registry.on("GET", "tags/list", denied(403, "DENIED", "not for you"))
    run = lab.diff(bundle, place(lab), "--strip-host")
    differs(run, only_a=["app:2"])
    same(run.json["same"], 1, "same")
    run.says("are not shown")


@case("diff-signature")
def requires_a_signature(lab):
    "a bundle without a trusted signature is not compared, unless that is asked for"
    bundle = lab.bundle(image("app:1"))
    lab.diff(bundle, place(lab), "--strip-host", skip=False).fails("trust")
    same(lab.registry.count(), 0, "requests")


@case("diff-signature")
def reads_documents_only(lab):
    "layers of a bundle are not read, its documents are checked"
    app = image("app:1", size=9000)
    with open(lab.bundle(app), "rb") as file:
        whole = file.read()
    layer = b"".join(app.layer.pieces)
    path = lab.given("layer.tar", whole.replace(layer, b"x" * len(layer)))
    is_same(lab.diff(path, path), 1)
    path = lab.given("document.tar", whole.replace(b'"layers"', b'"Layers"'))
    lab.diff(path, path).fails("integrity")


# ---- bundles, names, registries ----

@case("diff-bundles")
def compares_bundles(lab):
    "two bundles are compared by the names of their images; bytes are what the second lacks"
    lab.image("app:1", at=lab.registry)
    lab.image("app:2", at=lab.registry, size=9000)
    first = lab.export(lab.registry.host + "/app:1").ok()
    a = os.path.join(lab.folder, "a.tar")
    os.rename(first.path, a)
    lab.again()
    both = lab.export(lab.registry.host + "/app:1", lab.registry.host + "/app:2").ok()
    b = os.path.join(lab.folder, "b.tar")
    os.rename(both.path, b)
    lab.again()
    is_same(lab.diff(a, f"bundle:{a}"), 1)
    same(differs(lab.diff(a, b), only_b=["app:2"])["bytes"], 0, "bytes")
    result = differs(lab.diff(b, a), only_a=["app:2"])
    same(result["bytes"], size_of(image("app:2", size=9000)), "bytes the other way")
    same(lab.registry.count(), 0, "requests")


@case("diff-names")
def compares_single_names(lab):
    "a name is compared with another one, or with the image of a bundle, by its digest"
    app = lab.image("app:1", at=lab.other)
    target = f"{lab.registry.host}/base/app:stable"
    result = differs(lab.diff(app, target), only_a=["app:1"])
    same(result["bytes"], sum(len(b"".join(blob.pieces)) for blob in app.blobs), "bytes")
    copy = lab.registry.store.repo("base/app")
    app.put(lab.registry.store, "base/app")
    copy.tags["stable"] = app.top.digest
    is_same(lab.diff(app, target), 1)
    is_same(lab.diff(app, f"{lab.registry.host}/base/app@{app.top.digest}"), 1)
    is_same(lab.diff(lab.bundle(image("app:1")), target), 1)
    is_same(lab.diff(target, lab.bundle(image("app:1"))), 1)
    lab.diff(f"{lab.other.host}/no:1", f"{lab.registry.host}/no:2").fails("not-found")


@case("diff-registries")
def compares_registries(lab):
    "two places in registries are compared by the names below them"
    for name, size in (("team/app:1", 3000), ("team/app:2", 4000), ("team/x/site:1", 3000)):
        lab.image(name, at=lab.other, size=size)
    lab.image("else/app:1", at=lab.other)
    image("m/app:1").put(lab.registry.store, "m/app")
    lab.image("m/x/site:1", seed="new")
    lab.image("m/more:1")
    same_app = image("team/app:1")
    same_app.put(lab.registry.store, "m/app")
    a, b = place(lab, "team", lab.other), place(lab, "m")
    result = differs(lab.diff(a, b), only_a=["team/app:2"], only_b=["m/more:1"],
                     different=["team/x/site:1"])
    same(result["same"], 1, "same")
    check(result["bytes"] >= 4000, "bytes")
    lab.again()
    lab.other.handler.has_catalog = lab.registry.handler.has_catalog = False
    differs(lab.diff(place(lab, "team/app", lab.other), place(lab, "m/app")),
            only_a=["team/app:2"])
    lab.diff(place(lab, "", lab.other), b).fails("protocol", reason="no-catalog")
    lab.diff(place(lab, "none", lab.other), b).fails("not-found")
    same(written(lab), 0, "requests that write")


@case("diff-registries")
def compares_repositories_where_the_catalog_is_refused(lab):
    "without access to the catalog, a place is compared as a repository"
    for origin in (lab.other, lab.registry):
        image("team/app:1").put(origin.store)
        image("team/app/x:1").put(origin.store)
        origin.on("GET", "_catalog", denied(403, "DENIED", "not for you"))
    is_same(lab.diff(place(lab, "team/app", lab.other), place(lab, "team/app")), 1)


# ---- receipts ----

def make_keys(lab, name):
    """A private key and its public half."""
    key = os.path.join(lab.folder, name + ".key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True,
                   capture_output=True)
    os.chmod(key, 0o600)
    with open(key + ".pub", "wb") as file:
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], check=True, stdout=file)
    return key, key + ".pub"


@case("diff-receipt")
def compares_a_receipt(lab):
    "a receipt is judged by its signature, and compared with the registry and the bundle"
    key, public = make_keys(lab, "host")
    app = image("app:1")
    report = os.path.join(lab.folder, "given", "r.json")
    bundle = lab.bundle(app)
    lab.sealift("import", "-q", "--insecure-skip-verify", "--strip-host", "--ca-file",
                lab.authority.ca, "--report", report, "--receipt", key, bundle, place(lab))
    receipt = f"{report}.receipt.json"
    check(os.path.exists(receipt), "there is a receipt")
    result = is_same(lab.diff(receipt, place(lab), "--key", public, skip=False), 1).json
    check("bytes" not in result, "bytes are not known")
    is_same(lab.diff(receipt, bundle), 1)
    lab.diff(receipt, place(lab), "--key", make_keys(lab, "other")[1], skip=False).fails("trust")
    lab.registry.store.repo("mirror/app").tags["1"] = "sha256:" + "0" * 64
    differs(lab.diff(receipt, place(lab), "--key", public, skip=False), only_a=["app:1"])


@case("diff-operand")
def tells_what_operands_are(lab):
    "folders and missing files are refused by name, and options where they have no meaning"
    os.mkdir(os.path.join(lab.folder, "given", "layout"))
    lab.diff(os.path.join(lab.folder, "given", "layout"), place(lab)).fails("usage", "oci:FOLDER")
    lab.diff("./no.tar", place(lab)).fails("not-found", "no file")
    lab.diff(place(lab), place(lab, "x"), "--strip-host").fails("usage", "exactly one side")
    lab.diff(place(lab), place(lab, "x"), "--creds-stdin", "else.example",
             stdin=b"a:b").fails("usage", "neither side")
    lab.diff(lab.given("r.json", "{}"), place(lab)).fails("integrity", "receipt")


main()
