"""Manifests and tags that go up, and what registries make of it."""
from harness import *


@case(79)
def all_there(lab):
    "everything is there already: nothing is uploaded"
    app = image("app:1")
    app.put(lab.registry.store, "mirror/app")
    lab.push(app).ok()
    same(lab.registry.count("POST|PATCH|PUT|DELETE"), 0, "writes")


@case(99)
def order(lab):
    "children before their parents, the tag last"
    app = index("app:1", platforms=3)
    lab.push(app).ok()
    lab.landed(app)
    puts = [e.path.rpartition("/")[2] for e in lab.registry.find("PUT", "/manifests/")]
    same(puts[-2:], [app.top.digest, "1"], "the last manifests")


@case(99)
def no_tag(lab):
    "no tag is pushed when a child is refused"
    app = index("app:1", platforms=3)
    lab.registry.on("PUT", f"/manifests/{app.documents[1].digest}",
                    denied(400, "MANIFEST_INVALID", "not today"))
    lab.push(app).fails("protocol", "not today")
    same(lab.registry.store.repo("mirror/app").tags, {}, "tags")


@case(100)
def immutable_same(lab):
    "a tag that cannot be moved and holds the same is fine"
    app = image("app:1")
    app.put(lab.registry.store, "mirror/app")
    lab.registry.handler.immutable_tags = True
    lab.push(app).ok()


@case(100)
def immutable_other(lab):
    "a tag that cannot be moved and holds something else"
    lab.registry.handler.immutable_tags = True
    image("app:1", seed="old").put(lab.registry.store, "mirror/app")
    lab.push(image("app:1")).fails("conflict")
    same(lab.registry.count("POST|PATCH|PUT|DELETE"), 0, "writes")


@case(102)
def other_digest(lab):
    "a manifest that is stored under another digest"
    app = image("app:1")
    lab.registry.on("PUT", "/manifests/", header("Docker-Content-Digest", "sha256:" + "0" * 64))
    lab.push(app).fails("integrity", "another digest", reason="digest")


main()
