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
def continues_past_a_repository_without_blobs(lab):
    "a repository that refuses blobs: the other image lands, the next run sends the rest"
    one, two = image("a:1"), index("b:1")
    lab.registry.on("POST|PUT|PATCH", "/mirror/a/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "not for you", [two])
    same(lab.registry.count("PUT", "/mirror/a/manifests/"), 0, "manifests of the image")
    then_the_rest(lab, one, two, only="a")


@case()
def continues_past_a_large_layer(lab):
    "a layer that is too large: the other image of the repository lands"
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
def continues_past_a_shared_layer(lab):
    "a layer of two repositories, one of which refuses it"
    one, two = image("a:1"), image("b:1")
    two.documents, two.blobs = one.documents, one.blobs
    lab.registry.on("POST", "/mirror/a/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "not for you", [two])


@case()
def continues_past_a_server_error(lab):
    "a blob that meets 500 until the retries end"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("POST", "/mirror/a/", status(500))
    run = lab.push(one, two, options=[GOING, "--retries", "1"])
    partly(lab, run, ["a:1"], "network", "gave up after 2 tries", [two])
    then_the_rest(lab, one, two, only="a")


@case()
def pushes_no_index_without_its_child(lab):
    "a refused child: no index and no tag, but its siblings and other tags"
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
def sets_no_tag_after_a_bad_read_back(lab):
    "a manifest that reads back wrong gets no tag; a tag that does has failed"
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
def reports_a_refused_tag(lab):
    "a tag that must not be set is reported as failed"
    one, two = image("a:1"), image("a:2")
    lab.registry.on("PUT", "/manifests/1$", denied(403, "DENIED", "protected"))
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "protected", [two])


@case()
def sends_nothing_where_checks_are_forbidden(lab):
    "nothing is sent to a repository that forbids presence checks"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("GET|HEAD", "/mirror/a/manifests/", NO)
    partly(lab, lab.push(one, two, options=[GOING]), ["a:1"], "auth", "no access", [two])
    same(lab.registry.count("POST|PUT|PATCH", "/mirror/a/"), 0, "writes there")


def signature(name, subject, **more):
    return artifact(name, subject=subject.top.descriptor(), **more)


@case()
def skips_what_belongs_to_a_failed_image(lab):
    "referrers and cosign tags of a refused image are skipped"
    one, two = image("a:1"), image("b:1")
    pictures = [one, signature("a:sbom", one), two, signature("b:sbom", two),
                artifact(f"a:{one.top.digest.replace(':', '-')}.sig", data=b"signature")]
    lab.registry.on("PUT", f"/manifests/{one.top.digest}", denied(400, "MANIFEST_INVALID", "no"))
    run = lab.push(*pictures, options=[GOING])
    partly(lab, run, ["a:1", "a:sbom", pictures[4].name], "protocol", one.top.digest,
           [two, pictures[3]])
    same(lab.registry.count("PUT", f"/manifests/{pictures[1].top.digest}"), 0, "the referrer")


@case()
def skips_what_belongs_to_an_unseen_image(lab):
    "referrers of an image whose tag cannot be read are skipped"
    one = image("a:1")
    sbom, two = signature("a:sbom", one), image("a:2")
    lab.registry.on("HEAD|GET", "/mirror/a/manifests/1$", NO)
    run = lab.push(one, sbom, two, options=[GOING])
    partly(lab, run, ["a:1", "a:sbom"], "auth", "no access", [two])


@case()
def keeps_the_image_when_its_list_fails(lab):
    "when the list of referrers cannot change, the image lands and they fail"
    one = image("a:1")
    sbom = signature("a:sbom", one)
    lab.registry.handler.has_referrers = False
    lab.registry.on("PUT", "/manifests/sha256-", NO)
    partly(lab, lab.push(one, sbom, options=[GOING]), ["a:sbom"], "auth", "not for you", [one])


@case()
def exits_10_when_all_fail(lab):
    "when nothing lands the status is 10, in dry runs too"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("POST", "", NO)
    lab.push(one, two, options=[GOING]).fails("partial", "none of the 2")
    lab.again()
    lab.registry.on("GET|HEAD", "/mirror/a/", NO)
    run = lab.push(one, two, options=[GOING, "--dry-run"]).fails("partial", "1 of 2")
    same([end[0] for end in ends(run).values()], ["failed", "would-push"], "what would come")
    same(lab.registry.count("POST|PUT|PATCH"), 0, "writes")


@case()
def ends_on_a_conflict(lab):
    "a tag with other content ends the import before anything is sent"
    image("a:1", seed="old").put(lab.registry.store, "mirror/a")
    lab.registry.on("GET|HEAD", "/mirror/b/", NO)
    lab.push(image("a:1"), image("b:1"), image("c:1"), options=[GOING]).fails("conflict")
    same(lab.registry.count("POST|PUT|PATCH"), 0, "writes")


@case()
def ends_at_the_first_refusal_by_default(lab):
    "without the option the first refusal ends the import"
    one, two = image("a:1"), image("b:1")
    lab.registry.on("PUT", "/mirror/a/manifests/", denied(400, "MANIFEST_INVALID", "no"))
    lab.push(one, two).fails("protocol", "no")
    same(lab.registry.count("PUT", "/manifests/1$"), 0, "tags")


@case()
def ends_when_the_registry_is_gone(lab):
    "a registry that serves nothing any more ends the import soon"
    pictures = [image(f"a{n}:1", layers=3) for n in range(8)]
    for fault in (status(503), end("reset")):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on(None, "", chain(*[None] * 20, *[fault] * 1000))
        run = lab.push(*pictures, options=[GOING, "--retries", "1"], jobs=2)
        run.fails("network", hint="the rest was not sent")
        check(lab.registry.count() < 35, "tries after its end")


@case()
def leaves_a_closed_repository_alone(lab):
    "a repository with three failures in a row is left alone"
    one, two, three = image("a:1", layers=12), image("b:1"), image("a:2")
    lab.registry.on("POST", "/mirror/a/", status(500))
    run = lab.push(one, two, three, options=[GOING, "--retries", "0"], jobs=1)
    partly(lab, run, ["a:1", "a:2"], "network", "500", [two])
    check("not used any more" in ends(run)["a:2"][2], "which it says")
    check(lab.registry.count("POST", "/mirror/a/") <= 6, "tries there")


@case()
def asks_once_with_a_refused_password(lab):
    "a refused password is not tried again for each image"
    lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", "wrong")})
    pictures = [image(f"a{n}:1") for n in range(8)]
    lab.push(*pictures, options=[GOING], jobs=1).fails("auth", reason="login")
    check(lab.registry.count() <= 4, "tries")


@case()
def ends_when_the_bundle_is_cut(lab):
    "a bundle that is cut during the push ends the import"
    one, two = image("cut:1", size=3 << 20), image("cut:2", size=3 << 20)
    path = lab.bundle(one, two)
    lab.registry.on("POST", "", then(lambda _: os.truncate(path, 1 << 20), None))
    lab.push(one, two, options=[GOING]).fails("integrity")
    same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


main()
