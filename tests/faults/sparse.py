# SPDX-License-Identifier: Apache-2.0
"""Indexes that list what was left out, at the target: tried first, refused early, or rebuilt."""
import json

from harness import *  # first: it knows the way to the others

from client import INDEX
from images import Document
from pictures import Picture

AMD64 = ("--platform", "linux/amd64")
NOTE = "application/vnd.example.note"


def note(lab, repo, name, subject):
    """An artifact that belongs to a document, under a tag of its own."""
    return lab.serve(artifact(f"{repo}:{name}", name.encode(), NOTE, subject=subject.descriptor()))


def nested(name):
    """An index in an index: the inner one has two platforms."""
    inner = index(name, platforms=2)
    top = Document({"manifests": [inner.top.descriptor()]}, INDEX)
    return Picture(name, [*inner.documents, top], inner.blobs)


def target(lab):
    return lab.other.host + "/in"


def bring(lab, run, *options, **how):
    """Import a bundle into lab.other."""
    return lab.sealift("import", "--json", "--progress", "none", "--insecure-skip-verify",
                       "--strip-host", "--ca-file", lab.authority.ca, "--retries", "1",
                       *options, run.path, target(lab), **how)


def states(run):
    return [one["state"] for one in run.json["images"]]


def reasons(run):
    return [one.get("reason") for one in run.json.get("warnings", [])]


def writes(lab):
    return lab.other.count("PUT|POST|PATCH")


def held(lab, repo, tag):
    return lab.other.store.repo(f"in/{repo}").tags.get(tag)


@case()
def stops_at_a_refused_first_image(lab):
    "the smallest image with such an index is pushed first, and its refusal ends the import"
    big, small = lab.index("big:1", size=9000), lab.index("small:1", platforms=3)
    tool = lab.image("tool:1", size=10)
    bundle = lab.export(big, tool, small, *AMD64).ok()
    run = bring(lab, bundle)
    run.fails("protocol", small.top.digest, "sparse-index", hint="--index rebuild")
    same(states(run), ["unfinished"] * 3, "states")
    same(run.json["counts"]["blobsUploaded"], 2, "blobs of the first image")
    same(lab.other.count("POST", "/in/(big|tool)/"), 0, "uploads for others")
    check(small.config.digest in lab.other.store.repo("in/small").blobs, "its config is there")
    check(small.documents[0].digest in lab.other.store.repo("in/small").manifests,
          "its image is there")
    same([held(lab, name, "1") for name in ("big", "small", "tool")], [None] * 3, "tags")


@case()
def warns_in_a_dry_run(lab):
    "a dry run says that it cannot tell whether the registry accepts such an index"
    bundle = lab.export(lab.index("app:1"), lab.image("tool:1"), *AMD64).ok()
    run = bring(lab, bundle, "--dry-run").ok()
    same(reasons(run), ["sparse-index"], "warnings")
    warning = run.json["warnings"][0]
    check(warning["message"].startswith("a dry run cannot determine") and
          warning["message"].endswith("1 image has one"), str(warning))
    check("--index rebuild" in warning["hint"], str(warning))
    same(reasons(bring(lab, bundle, "--dry-run", "--index", "rebuild").ok()), [], "warnings")
    lab.other.handler.checks_children = False
    same(reasons(bring(lab, bundle).ok()), [], "warnings of an import that went well")


@case()
def pushes_all_where_accepted(lab):
    "a registry that accepts such indexes gets all, the smallest first, each object once"
    big, small = lab.index("big:1", size=9000), lab.index("small:1")
    tool = lab.image("tool:1", size=10)
    lab.other.handler.checks_children = False
    bundle = lab.export(big, tool, small, *AMD64).ok()
    run = bring(lab, bundle).ok()
    same(states(run), ["pushed"] * 3, "states")
    counts = run.json["counts"]
    same((counts["blobsUploaded"], counts["blobsPresent"], counts["manifestsPushed"],
          counts["manifestsPresent"], counts["tagsPushed"]), (6, 0, 5, 0, 3), "counts")
    puts = [entry.path for entry in lab.other.find("PUT", "/manifests/sha256:")]
    check(puts[1].endswith(small.top.digest), f"the first index: {puts}")
    same(held(lab, "big", "1"), big.top.digest, "the tag")
    lab.log.forget()
    same(states(bring(lab, bundle).ok()), ["present"] * 3, "states of the second run")
    same(writes(lab), 0, "writes of the second run")


@case()
def counts_the_first_image_once(lab):
    "progress does not count the first image again"
    lab.other.handler.checks_children = False
    bundle = lab.export(lab.index("app:1"), lab.index("tool:1"), *AMD64).ok()
    run = lab.sealift("import", "--progress", "json", "--insecure-skip-verify", "--strip-host",
                      "--ca-file", lab.authority.ca, bundle.path, target(lab)).ok()
    begun = [(event["phase"], event["total"]) for event in map(json.loads, run.err.splitlines())
             if event["event"] == "progress" and event["done"] == 0]
    same([total for phase, total in begun if phase == "manifests"], [2, 2], "manifests in turn")


@case()
def fails_only_sparse_images_with_keep_going(lab):
    "with --keep-going images with such indexes and their referrers fail, the others land"
    big, small = lab.index("big:1", size=9000), lab.index("small:1")
    tool = lab.image("tool:1")
    signed = note(lab, "big", "note", big.top)
    bundle = lab.export(big, signed, tool, small, *AMD64).ok()
    run = bring(lab, bundle, "--keep-going").fails("partial")
    same(states(run), ["failed", "pushed", "failed", "failed"], "states")
    for number in (0, 2, 3):
        error = run.json["images"][number]["error"]
        same((error["kind"], error["reason"]), ("protocol", "sparse-index"), "why")
        check("--index rebuild" in error["hint"], error["hint"])
    same(held(lab, "tool", "1"), tool.top.digest, "the tag of the other")
    same(lab.other.count("POST", "/in/big/"), 0, "uploads for the others with such an index")


@case()
def tries_the_next_after_another_failure(lab):
    "when the first one fails for another reason, the next one decides"
    big, small = lab.index("big:1", size=9000), lab.index("small:1")
    tool, huge = lab.image("tool:1"), lab.index("huge:1", size=20000)
    bundle = lab.export(big, tool, small, huge, *AMD64).ok()
    lab.other.on("POST|PUT|PATCH", "/in/small/blobs/", denied(403, "DENIED", "not for you"))
    run = bring(lab, bundle, "--keep-going").fails("partial")
    same(states(run), ["failed", "pushed", "failed", "failed"], "states")
    for number in (0, 3):
        same(run.json["images"][number]["error"]["reason"], "sparse-index", "reason")
    same(lab.other.count("POST", "/in/huge/"), 0, "uploads for the third")
    check("not for you" in run.json["images"][2]["error"]["message"], "why the small one failed")


@case()
def rebuilds_sparse_indexes(lab):
    "--index rebuild makes the same new indexes as export where platforms are omitted"
    app, deep, tool = lab.index("app:1", platforms=3), lab.serve(nested("deep:1")), \
        lab.image("tool:1")
    whole = lab.index("whole:1", platforms=1)
    made = lab.export(app, deep, tool, whole, *AMD64, "--index", "rebuild").ok().json["images"]
    bundle = lab.export(app, deep, tool, whole, *AMD64, "--force").ok()
    run = bring(lab, bundle, "--index", "rebuild").ok()
    images = run.json["images"]
    same([one["digest"] for one in images], [one["digest"] for one in made], "digests")
    same([one.get("rebuiltFrom") for one in images], [app.top.digest, deep.top.digest, None, None],
         "digests before")
    for one, name in zip(images, ("app", "deep", "tool", "whole")):
        same(held(lab, name, "1"), one["digest"], f"the tag of {name}")
    same(states(run), ["pushed"] * 4, "states")
    old = json.loads(app.top.data)
    new = json.loads(lab.other.store.repo("in/app").manifests[images[0]["digest"]][0])
    same(new, {**old, "manifests": old["manifests"][:1]}, "the new index")
    lab.log.forget()
    again = bring(lab, bundle, "--index", "rebuild").ok()
    same(states(again), ["present"] * 4, "states of the second run")
    same(writes(lab), 0, "writes of the second run")
    same(bring(lab, bundle, "--index", "other").status, 2, "exit status of an unknown word")


@case()
def shows_both_digests(lab):
    "the text output has both digests"
    app = lab.index("app:1")
    bundle = lab.export(app, *AMD64).ok()
    run = lab.sealift("import", "--insecure-skip-verify", "--strip-host", "--ca-file",
                      lab.authority.ca, "--index", "rebuild", bundle.path, target(lab)).ok()
    check(f"rebuilt   {app.ref}: the digest was {app.top.digest} and is now {held(lab, 'app', '1')}"
          in run.out, run.out)


@case()
def counts_referrers_of_old_indexes(lab):
    "referrers of an old index, direct and indirect, are not pushed and are counted"
    app = lab.index("app:1", platforms=3)
    on_index = note(lab, "app", "n1", app.top)
    on_note = note(lab, "app", "n2", on_index.top)
    on_child = note(lab, "app", "n3", app.documents[0])
    signature = lab.image(f"app:{app.top.digest.replace(':', '-')}.sig")
    bundle = lab.export(signature, on_note, on_index, on_child, app, *AMD64).ok()
    run = bring(lab, bundle, "--index", "rebuild").ok()
    same([one["name"] for one in run.json["images"]], [app.ref, on_child.ref], "what was pushed")
    same(run.json["counts"]["referrersLeftOut"], 3, "what was not")
    same(reasons(run), ["dropped-referrers"], "warnings")
    check(run.json["warnings"][0]["message"].endswith("to the old digests: 3"), "warning")
    for one in (on_index, on_note, signature):
        same(held(lab, "app", one.tag), None, "its tag")
    lab.log.forget()
    bring(lab, bundle, "--index", "rebuild").ok()
    same(writes(lab), 0, "writes of the second run")


@case()
def compares_tags_with_the_rebuilt_digest(lab):
    "tags are compared with the rebuilt digest"
    app = lab.index("app:1", platforms=3)
    bundle = lab.export(app, *AMD64).ok()
    app.put(lab.other.store, "in/app")
    run = bring(lab, bundle, "--index", "rebuild")
    run.fails("conflict", f"the tag has digest {app.top.digest}", "exists")
    run = bring(lab, bundle, "--index", "rebuild", "--on-existing", "skip").ok()
    same(states(run), ["skipped"], "states")
    run = bring(lab, bundle, "--index", "rebuild", "--on-existing", "overwrite").ok()
    same(held(lab, "app", "1"), run.json["images"][0]["digest"], "the tag")
    bring(lab, bundle).fails("conflict", app.top.digest)


@case()
def pushes_a_name_by_digest_under_the_new_digest(lab):
    "an image named by digest is pushed under the new one, and a warning has both"
    app = lab.index("app:1", platforms=3)
    name = f"{lab.registry.host}/app@{app.top.digest}"
    bundle = lab.export(name, *AMD64).ok()
    run = bring(lab, bundle, "--index", "rebuild").ok()
    one = run.json["images"][0]
    same((one["name"], one["rebuiltFrom"]), (name, app.top.digest), "as in the bundle")
    same(one["target"], f"{target(lab)}/app@{one['digest']}", "target")
    check(one["digest"] in lab.other.store.repo("in/app").manifests, "it is there")
    said = {warning.get("reason"): warning["message"] for warning in run.json["warnings"]}
    same(said["rebuilt"], f"{name}: index rebuilt, pushed as {one['digest']}",
         "warning")


@case()
def leaves_missing_children_out(lab):
    "a child that is missing, not omitted, is not listed by the new index either"
    app = lab.index("app:1", platforms=3)
    lab.registry.on("GET", app.documents[1].digest, status(404))
    run = lab.export(app, "--allow-incomplete", "--retries", "1").fails("partial")
    bring(lab, run, "--allow-incomplete").fails("protocol", reason="incomplete-index",
                                                hint="--index rebuild")
    run = bring(lab, run, "--allow-incomplete", "--index", "rebuild").ok()
    new = json.loads(lab.other.store.repo("in/app").manifests[run.json["images"][0]["digest"]][0])
    same([one["digest"] for one in new["manifests"]],
         [app.documents[0].digest, app.documents[2].digest], "children")


@case()
def records_both_digests_in_the_receipt(lab):
    "the receipt has both digests, and the images it names are at the target"
    app, tool = lab.index("app:1"), lab.image("tool:1")
    lab.sealift("keygen", "-q", "--no-passphrase", "--type", "ed25519", lab._at("given", "host")).ok()
    bundle = lab.export(app, note(lab, "app", "n", app.top), tool, *AMD64).ok()
    report = lab._at("given", "report.json")
    run = bring(lab, bundle, "--index", "rebuild", "--receipt", lab._at("given", "host.key"),
                "--report", report).ok()
    with open(report + ".receipt.json", encoding="utf-8") as file:
        receipt = json.load(file)
    want = [(one["name"], one["digest"], one.get("rebuiltFrom"), one["target"], one["state"])
            for one in run.json["images"]]
    got = [(one["name"], one["digest"], one.get("rebuiltFrom"), one["target"], one["state"])
           for one in receipt["images"]]
    same(got, want, "images of the receipt")
    same(got[0][2], app.top.digest, "the digest before")
    same(receipt["counts"]["referrersLeftOut"], 1, "referrers left out")
    for _, digest, _, place, _ in got:
        repo, _, tag = place.removeprefix(lab.other.host + "/").rpartition(":")
        same(lab.other.store.digest_of(repo, tag), digest, place)


main()
