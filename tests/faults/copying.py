# SPDX-License-Identifier: Apache-2.0
"""Copies from one registry (lab.other) to another (lab.registry)."""
import json

from harness import *

MIB = 1 << 20
UPLOADS = "/blobs/uploads/"
WRITES = ("POST", "PATCH", "PUT", "DELETE")


def writes(origin):
    return sum(origin.count(method) for method in WRITES)


@case("copy-streams-blobs")
def copies_byte_for_byte(lab):
    "all platforms are copied byte for byte, and the source is only read"
    app = lab.index("app:1", at=lab.other)
    lab.copy(app).ok()
    lab.landed(app)
    same(writes(lab.other), 0, "requests that write at the source")


@case("copy-streams-blobs")
def fetches_each_blob_once(lab):
    "each blob is fetched once"
    app = lab.image("app:1", at=lab.other, layers=6, size=3 * MIB)
    lab.copy(app).ok()
    lab.landed(app)
    same(lab.other.count("GET", "/blobs/"), len({blob.digest for blob in app.blobs}),
         "blobs fetched")


@case("copy-sends-nothing-twice")
def sends_nothing_twice(lab):
    "a second copy sends nothing and fetches no blob"
    app = lab.index("app:1", at=lab.other)
    lab.copy(app).ok()
    lab.again()
    lab.copy(app).ok()
    same(writes(lab.registry), 0, "requests that write")
    same(lab.other.count("GET", "/blobs/"), 0, "blobs fetched")


@case("copy-mounts-inside-a-registry")
def mounts_within_one_registry(lab):
    "within one registry every blob is mounted and none is fetched"
    app = lab.image("app:1", layers=4, size=2 * MIB)
    run = lab.copy(app).ok()
    lab.landed(app)
    same(lab.registry.count("PATCH"), 0, "uploads")
    same(run.json["counts"]["blobsUploaded"], 0, "blobs uploaded")
    same(run.json["counts"]["blobsMounted"], len({b.digest for b in app.blobs}),
         "blobs mounted")


@case("copy-resumes-the-source")
def resumes_a_broken_download(lab):
    "a source that breaks in a blob is asked for the rest while the upload waits"
    app = lab.image("app:1", at=lab.other, size=8 * MIB)
    lab.other.on("GET", app.blobs[-1].digest, truncate(5 * MIB, "drop"), times=1)
    lab.copy(app, jobs=1).ok()
    lab.landed(app)
    same([e.header("Range") for e in lab.other.find("GET", "/blobs/") if e.header("Range")],
         [f"bytes={5 * MIB}-{8 * MIB - 1}"], "ranges")
    same(lab.registry.count("PATCH", UPLOADS), 1, "uploads")


@case("copy-resumes-the-target")
def resumes_a_broken_upload(lab):
    "an upload that breaks is resumed where the registry is, and so is the source"
    def break_off(request, _):
        data = request.read_some(50 * MIB)
        for upload in lab.registry.handler.store.uploads.values():
            upload.data += data
        request.connection.reset()

    app = lab.image("app:1", at=lab.other, size=70 * MIB)
    lab.registry.on("PATCH", UPLOADS, break_off, nth=[1], early=True)
    lab.copy(app, jobs=1).ok()
    lab.landed(app)
    same([e.size for e in lab.registry.find("PATCH", UPLOADS)][1:], [20 * MIB],
         "bytes of the second PATCH")
    again = [e.header("Range") for e in lab.other.find("GET", "/blobs/") if e.header("Range")]
    same(len(again), 1, "requests for a rest")
    check(int(again[0][6:].split("-")[0]) >= 32 * MIB, f"little is fetched twice: {again[0]}")


@case("copy-commits-only-right-bytes")
def never_commits_wrong_bytes(lab):
    "a blob with a flipped bit is never committed, and no tag is set"
    app = lab.image("app:1", at=lab.other, size=3 * MIB)
    lab.other.on("GET", app.blobs[-1].digest, flip(1000))
    lab.copy(app, jobs=1).fails("integrity", f"from {lab.other.host}/app: its bytes do not match",
                                reason="digest")
    check(not lab.registry.store.repo("mirror/app").tags, "no tag is set")
    check(app.blobs[-1].digest not in lab.registry.store.repo("mirror/app").blobs,
          "the blob is not there")


@case("copy-says-which-side-failed")
def says_which_side_failed(lab):
    "an error names the source when the source fails, and the target when that fails"
    app = lab.image("app:1", at=lab.other, size=3 * MIB)
    blob = app.blobs[-1].digest
    for fault, kind in ((status(404), "not-found"), (status(403), "auth"), (status(500), "network"),
                        (shorter(MIB), "integrity"), (longer(b"more"), "integrity"),
                        (end("reset"), "network")):
        lab.again()
        lab.other.on("GET", blob, fault)
        run = lab.copy(app, options=["--retries", "1"], jobs=1)
        run.fails(kind, f"from {lab.other.host}/app: ")
        same(lab.registry.count("PATCH", UPLOADS), 1, "uploads of it: it is not repeated, too")
    lab.again()
    lab.registry.on("PATCH|PUT|POST", "/blobs/", status(507))
    run = lab.copy(app, options=["--retries", "1"], jobs=1).fails("network")
    check("from " not in run.json["error"]["message"], "it is not the source")


@case("copy-receipt")
def makes_a_receipt(lab):
    "a receipt of a copy names its sources, is signed, pushed, and no import's memory"
    app, chart = lab.image("app:1", at=lab.other), lab.serve(artifact("chart:1"), at=lab.other)
    lab.sealift("keygen", "-q", "--no-passphrase", "--type", "ed25519", lab._at("given", "host")).ok()
    report = lab._at("report.json")
    key = ("--receipt", lab._at("given", "host.key"))
    run = lab.copy(app, chart, options=key).ok()
    same(run.json["receipt"], True, "there is a receipt")
    with open(report + ".receipt.json", encoding="utf-8") as file:
        receipt = json.load(file)
    same(receipt["source"], [lab.other.host], "sources")
    same([one["digest"] for one in receipt["images"]], [app.top.digest, chart.top.digest], "images")
    check(not {"stream", "serial", "index", "bundle"} & set(receipt), "no bundle is named")
    verified = lab.sealift("verify-receipt", "--json", "--key", lab._at("given", "host.pub"),
                           report + ".receipt.json").ok()
    same((verified.json["copy"], verified.json["images"]), (True, 2), "what verify-receipt reads")
    tags = lab.registry.store.repo("mirror/sealift-copy").tags
    check("latest" in tags and len(tags) == 2, f"tags of the receipt: {sorted(tags)}")
    lab.copy(app, options=[*key, "--dry-run"]).fails("usage")
    lab.copy(app, to=(), options=[*key, "--as", f"{lab.registry.host}/a:1"]).fails("usage")
    lab.registry.on("PUT", "/sealift-copy/manifests/", status(403))
    run = lab.copy(app, options=key).fails("partial", "but not the receipt", reason="receipt")
    lab.landed(app)


@case("copy-keeps-going")
def continues_past_failed_images(lab):
    "images that the source lacks or the target refuses do not stop the others"
    good = lab.image("good:1", at=lab.other)
    bad = lab.image("bad:1", at=lab.other)
    lab.registry.on("PUT", "/bad/manifests/", status(400))
    run = lab.copy(good, bad, f"{lab.other.host}/none:1", options=["--keep-going"])
    run.fails("partial")
    lab.landed(good)
    same(sorted(i["state"] for i in run.json["images"]), ["failed", "pushed"], "states")
    same(run.json["missing"], [f"{lab.other.host}/none:1"], "missing")
    same(run.json["error"]["message"], "1 object could not be fetched, 1 image could not be pushed",
         "message")


@case("copy-receipt")
def says_what_failed_besides_the_receipt(lab):
    "failed images are counted when the receipt fails, too, and without images there is none"
    good, bad = lab.image("good:1", at=lab.other), lab.image("bad:1", at=lab.other)
    lab.sealift("keygen", "-q", "--no-passphrase", "--type", "ed25519", lab._at("given", "host")).ok()
    options = ["--keep-going", "--receipt", lab._at("given", "host.key")]
    lab.registry.on("PUT", "/bad/manifests/", status(400))
    run = lab.copy(bad, options=options).fails("partial")
    same(run.json["error"]["message"], "1 image could not be pushed", "message")
    check("receipt" not in run.json, "no receipt")
    same(lab.registry.count("PUT", "/sealift-copy/"), 0, "receipts")
    lab.again()
    lab.registry.on("PUT", "/bad/manifests/", status(400))
    lab.registry.on("PUT", "/sealift-copy/manifests/", status(403))
    run = lab.copy(good, bad, options=options).fails("partial")
    same(run.json["error"]["message"],
         "1 image could not be pushed; the receipt could not be pushed", "message")


@case("copy-never-overwrites-unasked")
def refuses_a_tag_with_another_digest(lab):
    "a tag that holds another digest is an error before anything is sent"
    app = lab.image("app:1", at=lab.other)
    image("app:1", layers=3).put(lab.registry.store, "mirror/app")
    lab.copy(app).fails("conflict", reason="exists")
    same(writes(lab.registry), 0, "requests that write")
    lab.copy(app, options=["--on-existing", "skip"]).ok()
    same(writes(lab.registry), 0, "requests that write")
    lab.copy(app, options=["--on-existing", "overwrite"]).ok()
    lab.landed(app)


@case("copy-to-exact-names")
def copies_to_several_names(lab):
    "--as copies one image to several names and mounts blobs from the first"
    app = lab.image("app:1", at=lab.other, layers=2, size=2 * MIB)
    run = lab.copy(app, to=(), options=["--as", f"{lab.registry.host}/a/b:x",
                                        "--as", f"{lab.registry.host}/c"]).ok()
    same(lab.registry.store.repo("a/b").tags, {"x": app.top.digest}, "tags of a/b")
    same(lab.registry.store.repo("c").tags, {"1": app.top.digest}, "tags of c")
    same(run.json["counts"]["blobsMounted"], len({b.digest for b in app.blobs}),
         "blobs mounted")


@case("copy-dry-run-sends-nothing")
def sends_nothing_in_a_dry_run(lab):
    "--dry-run checks what is present, lists what it would send, and sends nothing"
    app = lab.image("app:1", at=lab.other, size=2 * MIB)
    run = lab.copy(app, options=["--dry-run"]).ok()
    same(writes(lab.registry), 0, "requests that write")
    same(lab.other.count("GET", "/blobs/"), 0, "blobs fetched")
    check(run.json["counts"]["bytesUploaded"] > 2 * MIB, "it says how much it would send")


@case()
def reports_unused_mappings(lab):
    "a --map that matches no image is a warning, and an error when none does"
    app = lab.image("app:1", at=lab.other)
    lab.copy(app, options=["--map", f"{lab.other.host}/ap=x"]).fails(
        "usage", reason="unused-map")
    same(writes(lab.registry), 0, "requests that write")
    run = lab.copy(app, options=["--map", f"{lab.other.host}/ap=x",
                                 "--map", f"{lab.other.host}=mapped"]).ok()
    same([one["reason"] for one in run.json["warnings"]], ["unused-map"], "warnings")


@case()
def refuses_unused_credentials(lab):
    "--creds-stdin is for a source or a target"
    app = lab.image("app:1", at=lab.other)
    for host, kind in (("unused.example", "usage"), (lab.other.host, None),
                       (lab.registry.host, None)):
        lab.again()
        run = lab.copy(app, options=["--creds-stdin", host], stdin=b"robot:secret")
        if kind:
            run.fails(kind, "unused.example")
        else:
            run.ok()
    lab.copy(app, to=(), stdin=b"robot:secret", options=[
        "--as", f"{lab.registry.host}/named:1", "--creds-stdin", lab.registry.host]).ok()


main()
