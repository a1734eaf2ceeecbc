# SPDX-License-Identifier: Apache-2.0
"""Copies from a registry to OCI layouts, in a folder and in a tar."""
import glob
import hashlib
import json
import os
import signal

from harness import *

MIB = 1 << 20
NAME = "org.opencontainers.image.ref.name"


def layout(lab, *names):
    """A path in the folder of layouts, which is not that of bundles."""
    os.makedirs(lab._at("layouts"), exist_ok=True)
    return lab._at("layouts", *names)


def archive(lab, target, *sources, options=(), jobs=1, **how):
    words = [getattr(source, "ref", source) for source in sources]
    return lab.sealift("copy", "-v", "--json", "--progress", "none", "-j", str(jobs),
                       "--no-referrers", "--ca-file", lab.authority.ca, *options, *words,
                       target, **how)


def to_folder(lab, *sources, name="", **how):
    return archive(lab, "oci:" + layout(lab, "images") + name, *sources, **how)


def entries(lab):
    """The digests in index.json by their names."""
    with open(layout(lab, "images", "index.json"), encoding="utf-8") as file:
        return {one["annotations"][NAME]: one["digest"] for one in json.load(file)["manifests"]}


def add_entry(lab, name, digest):
    """What another program does, which takes no lock."""
    path = layout(lab, "images", "index.json")
    with open(path, encoding="utf-8") as file:
        index = json.load(file)
    index["manifests"] = [one for one in index["manifests"] if one["annotations"][NAME] != name]
    index["manifests"].append({"mediaType": "application/vnd.oci.image.manifest.v1+json",
                               "digest": digest, "size": 2, "annotations": {NAME: name}})
    with open(path, "w", encoding="utf-8") as file:
        json.dump(index, file)


def holds(lab, *pictures):
    """The folder has all of these, byte for byte, and files have the digests in their names."""
    for path in glob.glob(layout(lab, "images", "blobs", "sha256", "*")):
        with open(path, "rb") as file:
            same(hashlib.sha256(file.read()).hexdigest(), os.path.basename(path), "digest")
    for picture in pictures:
        for one in [*picture.documents, *picture.blobs]:
            path = layout(lab, "images", "blobs", "sha256", one.digest.partition(":")[2])
            check(os.path.exists(path), f"{one.digest} of {picture.name} is there")


def meanwhile(act):
    """A fault: act, and answer as always."""
    def fault(_, proceed):
        act()
        return proceed()
    return fault


@case("archive-changed-underneath")
def keeps_what_others_add(lab):
    "entries that another program adds to index.json during a copy are kept"
    first, second = lab.image("first:1"), lab.image("second:1", layers=3)
    to_folder(lab, first, name=":first").ok()
    other = "sha256:" + "a" * 64
    lab.registry.on("GET", second.blobs[-1].digest,
                    meanwhile(lambda: add_entry(lab, "other", other)))
    to_folder(lab, second, name=":second").ok()
    same(entries(lab), {"first": first.top.digest, "second": second.top.digest, "other": other},
         "entries")


@case("archive-changed-underneath")
def notices_a_name_taken_meanwhile(lab):
    "a name that another program takes during a copy is a conflict, or replaced or skipped"
    old, app = lab.image("old:1"), lab.image("app:1", layers=3)
    other = "sha256:" + "b" * 64
    for choice, want in (("error", other), ("skip", other), ("overwrite", app.top.digest)):
        lab.again()
        lab.repeats_allowed = True  # blobs are removed
        for path in glob.glob(layout(lab, "images", "blobs", "sha256", "*")):
            os.unlink(path)
        if os.path.exists(layout(lab, "images", "index.json")):
            os.unlink(layout(lab, "images", "index.json"))
        to_folder(lab, old, name=":old").ok()
        lab.registry.on("GET", app.blobs[-1].digest,
                        meanwhile(lambda: add_entry(lab, "app", other)))
        run = to_folder(lab, app, name=":app", options=["--on-existing", choice])
        if choice == "error":
            run.fails("conflict", reason="exists")
        else:
            run.ok()
        same(entries(lab), {"old": old.top.digest, "app": want}, f"entries with {choice}")


@case("archive-changed-underneath")
def refuses_layouts_of_another_version(lab):
    "a layout of another version is neither written to nor given another version"
    app = lab.image("app:1")
    os.makedirs(layout(lab, "images"))
    for name, text in (("index.json", '{"schemaVersion":2,"manifests":[]}'),
                       ("oci-layout", '{"imageLayoutVersion":"2.0.0"}')):
        with open(layout(lab, "images", name), "w", encoding="utf-8") as file:
            file.write(text)
    for options in ([], ["--dry-run"]):
        to_folder(lab, app, options=options).fails("integrity", "imageLayoutVersion")
        same(sorted(os.listdir(layout(lab, "images"))), ["index.json", "oci-layout"], "files")
    with open(layout(lab, "images", "oci-layout"), encoding="utf-8") as file:
        same(file.read(), text, "oci-layout")


@case("archive-takes-only-right-bytes")
def stores_no_wrong_bytes(lab):
    "wrong bytes of a source end the copy: no blob, no entry and no tar has them"
    app = lab.image("app:1", size=3 * MIB)
    blob = app.blobs[-1].digest
    lab.repeats_allowed = True
    for fault, kind in ((flip(1000), "integrity"), (shorter(MIB), "integrity"),
                        (longer(b"more"), "integrity"), (status(404), "not-found")):
        lab.again()
        lab.registry.on("GET", blob, fault)
        to_folder(lab, app, options=["--retries", "1"]).fails(kind)
        holds(lab)
        check(not os.path.exists(layout(lab, "images", "index.json")), "there is no entry")
        archive(lab, "oci-archive:" + layout(lab, "images.tar"), app,
                options=["--retries", "1"]).fails(kind)
        same(glob.glob(layout(lab, "images.tar*")), [], "tars")
    lab.again()
    to_folder(lab, app).ok()
    holds(lab, app)


@case("archive-resumes-after-a-kill")
def resumes_after_a_kill(lab):
    "after a kill the folder has whole blobs only, and the same command fetches the others"
    app = lab.image("app:1", layers=4, size=MIB)
    def kill():
        lab.killed = True
        os.kill(lab.pid, signal.SIGKILL)

    lab.registry.on("GET", app.blobs[-1].digest, meanwhile(kill))
    to_folder(lab, app)
    check(not os.path.exists(layout(lab, "images", "index.json")), "there is no entry")
    there = len(glob.glob(layout(lab, "images", "blobs", "sha256", "[!.]*[0-9a-f]")))
    check(there > 0, "some blobs are there")
    lab.again()
    run = to_folder(lab, app).ok()
    same(run.json["counts"]["objectsPresent"], there, "objects present")
    holds(lab, app)


@case("archive-resumes-after-a-kill")
def removes_what_a_kill_left(lab):
    "the next copy to a folder removes partial blobs, of whatever image, and no other files"
    app = lab.image("app:1")
    to_folder(lab, app, name=":one").ok()
    folder = layout(lab, "images", "blobs", "sha256")
    for name in ("c" * 64 + ".partial", "mine.partial"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("part")
    to_folder(lab, app, name=":two").ok()
    same(glob.glob(os.path.join(folder, "*.partial")), [os.path.join(folder, "mine.partial")],
         "partial files")


main()
