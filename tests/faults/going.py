# SPDX-License-Identifier: Apache-2.0
"""import --keep-going: what the target refuses, and everything else that gets there."""
import os

from harness import *

GOING = "--keep-going"
NO = denied(403, "DENIED", "not for you")


def ends(run):
    """repository:tag (or @digest) -> (state, kind of error, message)."""
    found = {}
    for one in run.json["images"]:
        error = one.get("error", {})
        found[one["target"].partition("/mirror/")[2]] = (one["state"], error.get("kind"),
                                                         error.get("message", ""))
    return found


def partly(lab, run, failed, kind, says, fine=()):
    """It ends with 10, these images failed for that reason and have no tag, those are there."""
    run.fails("partial", "could not be pushed")
    for name in failed:
        state, why, message = ends(run)[name]
        same((state, why), ("failed", kind), f"what came of {name}")
        check(says in message, f"{name}: the message lacks {says!r}: {message}")
        repo, _, tag = name.partition(":")
        check(tag not in lab.registry.store.repo(f"mirror/{repo}").tags, f"{name} has a tag")
    for picture in fine:
        check(ends(run)[picture.name][0] in ("pushed", "present"), f"{picture.name} is fine")
        lab.landed(picture)


def then_the_rest(lab, *pictures, only):
    """The same command again, without faults, sends nothing outside of that repository."""
    lab.again()
    lab.push(*pictures, options=[GOING]).ok()
    for picture in pictures:
        lab.landed(picture)
    others = [str(e) for e in lab.registry.find("POST|PUT|PATCH")
              if not e.path.startswith(f"/v2/mirror/{only}/")]
    same(others, [], "writes elsewhere")
    check(lab.registry.count("PUT", f"mirror/{only}/manifests/") > 0, "the rest is sent")


@case()
def blob_refused(lab):
    "a repository that takes no blobs: the other image lands, and the next run sends the rest"
    one, two = image("a:1"), index("b:1")
    lab.registry.on("POST|PUT|PATCH", "/mirror/a/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "not for you", [two])
    same(lab.registry.count("PUT", "/mirror/a/manifests/"), 0, "manifests of the image")
    then_the_rest(lab, one, two, only="a")


@case()
def blob_too_large(lab):
    "a layer that is too large: the other image of the same repository lands"
    one, two = image("a:1", size=3 << 20), image("a:2")
    lab.registry.on("PUT|PATCH", "/uploads/",
                    lambda request, proceed: Reply(413) if len(request.body) > 100000
                    else proceed())
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "protocol", "too large", [two])
    lab.again()
    lab.push(one, two, options=[GOING]).ok()
    lab.landed(one)
    check(lab.registry.count("PUT", f"/uploads/.*{two.layer.digest[7:]}") == 0, "not again")


@case()
def blob_shared(lab):
    "a layer of two repositories, one of which refuses it"
    one, two = image("a:1"), image("b:1")
    two.documents, two.blobs = one.documents, one.blobs
    lab.registry.on("POST", "/mirror/a/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "not for you", [two])


@case()
def server_error(lab):
    "a blob that meets a 500 until the tries end"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("POST", "/mirror/a/", status(500))
    run = lab.push(one, two, options=[GOING, "--retries", "1"])
    partly(lab, run, ["a:1"], "network", "gave up after 2 tries", [two])
    then_the_rest(lab, one, two, only="a")


@case()
def child_refused(lab):
    "a child that is refused: no index, no tag; its siblings and other tags are there"
    one, two = index("a:1", platforms=3), image("a:2")
    child = one.documents[1]
    lab.registry.on("PUT", f"/manifests/{child.digest}", denied(400, "MANIFEST_INVALID", "no"))
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "protocol", child.digest, [two])
    repo = lab.registry.store.repo("mirror/a")
    check(one.documents[0].digest in repo.manifests, "a sibling is there")
    same(lab.registry.count("PUT", f"/manifests/({one.top.digest}|1)$"), 0, "tries of the index")
    lab.again()
    lab.push(one, two, options=[GOING]).ok()
    lab.landed(one)
    puts = {e.path.rpartition("/")[2] for e in lab.registry.find("POST|PUT|PATCH")}
    same(puts, {child.digest, one.top.digest, "1"}, "what is sent then")


@case()
def read_back(lab):
    "a manifest that reads back with other bytes: no tag; a tag that does: said to have failed"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("GET", f"/mirror/a/manifests/{one.top.digest}", body(lambda data: data + b" "))
    run = lab.push(one, two, options=[GOING])
    partly(lab, run, ["a:1"], "integrity", one.top.digest, [two])
    lab.again()
    lab.registry.on("GET", "/mirror/a/manifests/1$", body(lambda data: data + b" "))
    run = lab.push(one, two, options=[GOING]).fails("partial")
    same([ends(run)[name][:2] for name in ("a:1", "b:1")],
         [("failed", "integrity"), ("present", None)], "what came of them")
    lab.again()
    three = index("c:1")
    child = three.documents[0].digest
    lab.registry.on("GET", f"/manifests/{child}", body(lambda data: data + b" "))
    partly(lab, lab.push(three, two, options=[GOING]), ["c:1"], "integrity", child, [two])


@case()
def tag_refused(lab):
    "a tag that may not be set"
    one, two = image("a:1"), image("a:2")
    lab.registry.on("PUT", "/manifests/1$", denied(403, "DENIED", "protected"))
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "protected", [two])


@case()
def look_refused(lab):
    "a repository that may not be looked at: nothing is sent there"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("GET|HEAD", "/mirror/a/manifests/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "no access", [two])
    same(lab.registry.count("POST|PUT|PATCH", "/mirror/a/"), 0, "writes there")


def signature(name, subject, **more):
    return artifact(name, subject=subject.top.descriptor(), **more)


@case()
def attached(lab):
    "what belongs to a refused image stays behind, be it by subject or by cosign's tag"
    one, two = image("a:1"), image("b:1")
    pictures = [one, signature("a:sbom", one), two, signature("b:sbom", two),
                artifact(f"a:{one.top.digest.replace(':', '-')}.sig", data=b"signature")]
    lab.registry.on("PUT", f"/manifests/{one.top.digest}", denied(400, "MANIFEST_INVALID", "no"))
    run = lab.push(*pictures, options=[GOING])
    partly(lab, run, ["a:1", "a:sbom", pictures[4].name], "protocol", one.top.digest,
           [two, pictures[3]])
    same(lab.registry.count("PUT", f"/manifests/{pictures[1].top.digest}"), 0, "the referrer")


@case()
def attached_unseen(lab):
    "what belongs to an image whose tag may not be looked at stays behind too"
    one = image("a:1")
    sbom, two = signature("a:sbom", one), image("a:2")
    lab.registry.on("HEAD|GET", "/mirror/a/manifests/1$", NO)
    run = lab.push(one, sbom, two, options=[GOING])
    partly(lab, run, ["a:1", "a:sbom"], "auth", "no access", [two])


@case()
def list_refused(lab):
    "where the list of referrers cannot be changed, the image is there and what belongs to it failed"
    one = image("a:1")
    sbom = signature("a:sbom", one)
    lab.registry.handler.has_referrers = False
    lab.registry.on("PUT", "/manifests/sha256-", NO)
    partly(lab, lab.push(one, sbom, options=[GOING]), ["a:sbom"], "auth", "not for you", [one])


@case()
def all_of_them(lab):
    "when nothing gets there it is still status 10, and dry runs say it too"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("POST", "", NO)
    lab.push(one, two, options=[GOING]).fails("partial", "none of the 2")
    lab.again()
    lab.registry.on("GET|HEAD", "/mirror/a/", NO)
    run = lab.push(one, two, options=[GOING, "--dry-run"]).fails("partial", "1 of 2")
    same([end[0] for end in ends(run).values()], ["failed", "would-push"], "what would come")
    same(lab.registry.count("POST|PUT|PATCH"), 0, "writes")


@case()
def conflicts(lab):
    "a tag that holds something else ends it before anything is sent, as ever"
    image("a:1", seed="old").put(lab.registry.store, "mirror/a")
    lab.registry.on("GET|HEAD", "/mirror/b/", NO)
    lab.push(image("a:1"), image("b:1"), image("c:1"), options=[GOING]).fails("conflict")
    same(lab.registry.count("POST|PUT|PATCH"), 0, "writes")


@case()
def without(lab):
    "without the option the first refusal ends it"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("PUT", "/mirror/a/manifests/", denied(400, "MANIFEST_INVALID", "no"))
    lab.push(one, two).fails("protocol", "no")
    same(lab.registry.count("PUT", "/manifests/1$"), 0, "tags")


@case()
def gone(lab):
    "a registry that serves nobody any more ends it soon, whatever else there is to push"
    pictures = [image(f"a{n}:1", layers=3) for n in range(8)]
    for fault in (status(503), end("reset")):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on(None, "", chain(*[None] * 20, *[fault] * 1000))
        run = lab.push(*pictures, options=[GOING, "--retries", "1"], jobs=2)
        run.fails("network", hint="the rest was not sent")
        check(lab.registry.count() < 35, "tries after its end")


@case()
def closed(lab):
    "a repository in which nothing works is left alone after three things in a row"
    one, two, three = image("a:1", layers=12), image("b:1"), image("a:2")
    lab.registry.on("POST", "/mirror/a/", status(500))
    run = lab.push(one, two, three, options=[GOING, "--retries", "0"], jobs=1)
    partly(lab, run, ["a:1", "a:2"], "network", "500", [two])
    check("not used any more" in ends(run)["a:2"][2], "which it says")
    check(lab.registry.count("POST", "/mirror/a/") <= 6, "tries there")


@case()
def password(lab):
    "a password that is refused is not tried for each image"
    lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", "wrong")})
    pictures = [image(f"a{n}:1") for n in range(8)]
    lab.push(*pictures, options=[GOING], jobs=1).fails("auth", reason="login")
    check(lab.registry.count() <= 4, "tries")


@case()
def bundle_gone(lab):
    "a bundle that is cut while it is pushed ends it: that is no trouble of the target"
    one, two = image("cut:1", size=3 << 20), image("cut:2", size=3 << 20)
    path = lab.bundle(one, two)
    lab.registry.on("POST", "", then(lambda _: os.truncate(path, 1 << 20), None))
    lab.push(one, two, options=[GOING]).fails("integrity")
    same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


main()
