# SPDX-License-Identifier: Apache-2.0
"""Blobs on their way from a registry: cut, stretched, damaged, shared."""
from harness import *  # first: it knows the way to the others

import hashlib

from images import EMPTY, OCI_CONFIG, Blob, Document, json_blob
from pictures import layer, manifest

SIZE = 400000


def only_layer(lab, size=SIZE):
    """An image whose layer the faults are about."""
    app = lab.image("app:1", size=size)
    return app, app.layer.digest


def ranges(lab, digest):
    return [e.header("Range") for e in lab.registry.find("GET", digest)]


@case("connection-cut-mid-blob", "body-ends-early", "range-ignored")
def resumes_a_cut_blob(lab):
    "a blob that was cut in any way is resumed, with the end of the range stated"
    for how in ("end", "drop", "reset"):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, truncate(SIZE * 6 // 10, how), times=1)
        lab.export(app).ok().carries(app)
        [first, rest] = ranges(lab, digest)
        same(first, None, "Range of the first request")
        start, _, last = rest.removeprefix("bytes=").partition("-")
        check(0 < int(start) <= SIZE * 6 // 10 and int(last) == SIZE - 1, f"{how}: {rest}")


@case("body-ends-early")
def detects_early_ends(lab):
    "a body that ends early, chunked or without a length, is detected"
    for fault in (chunked(1000, end=b""), chunked(1000, end=b"zz\r\n"),
                  no_length(lambda reply: setattr(reply, "body", reply.body[:SIZE // 2]))):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, fault, times=1)
        lab.repeats_allowed = True
        lab.export(app).ok().carries(app)


@case("body-ends-early")
def accepts_every_framing(lab):
    "bodies arrive chunked, without a length, in small pieces, after interim answers"
    for fault in (chunked(1000), no_length(), drip(50000, 0.01), flood_1xx(20)):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, fault, times=1)
        lab.export(app).ok().carries(app)
        same(len(ranges(lab, digest)), 1, "requests for it")


@case("range-answer-is-odd", "range-ignored")
def handles_odd_range_answers(lab):
    "odd answers to a range request never corrupt a blob"
    for fault in (ignore_range(), refuse_range(), content_range(None),
                  content_range(lambda _: f"bytes 0-{SIZE - 1}/{SIZE}"),
                  content_range(lambda _: f"bytes 5-{SIZE - 1}/{SIZE}"),
                  content_range(lambda text: text.replace("bytes", "lines")),
                  content_range(lambda text: text.replace(f"/{SIZE}", f"/{SIZE + 1}")),
                  header("Content-Type", "multipart/byteranges; boundary=x")):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, truncate(SIZE // 2, "drop"), times=1)
        lab.registry.on("GET", digest, fault, times=1)
        lab.repeats_allowed = True
        lab.export(app).ok().carries(app)
        check(2 <= len(ranges(lab, digest)) <= 3, f"requests: {ranges(lab, digest)}")


@case("range-answer-is-odd", "range-ignored")
def refuses_the_wrong_range(lab):
    "bytes of another range than requested are never used"
    app, digest = only_layer(lab)
    half = SIZE // 2

    def beginning(request, proceed):
        request.headers[:] = [(key, f"bytes=0-{half - 1}" if key.lower() == "range" else value)
                              for key, value in request.headers]
        return proceed()
    lab.registry.on("GET", digest, chain(*[truncate(half, "drop"), beginning] * 2))
    lab.export(app).ok().carries(app)
    same(len(ranges(lab, digest)), 5, "requests for it")


@case("range-answer-is-odd")
def accepts_an_unknown_total(lab):
    "a range whose total size is unknown is accepted"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, truncate(SIZE // 2, "drop"), times=1)
    lab.registry.on("GET", digest, content_range(lambda text: text.replace(f"/{SIZE}", "/*")))
    lab.export(app).ok().carries(app)
    same(len(ranges(lab, digest)), 2, "requests for it")


@case("range-ignored")
def gives_up_where_ranges_never_work(lab):
    "a registry that can never resume is given up"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, chain(*[truncate(SIZE // 2, "drop"), status(416)] * 4))
    lab.export(app).fails("protocol", digest)
    check(len(ranges(lab, digest)) <= 8, "not too many")


@case("connection-cut-repeatedly")
def counts_retries_without_progress(lab):
    "repeated cuts end the run only when there is no progress"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, truncate(SIZE // 4, "drop"))
    lab.export(app).ok().carries(app)
    lab.again()
    lab.registry.on("GET", digest, truncate(0, "drop"))
    lab.export(app, "--retries", "2").fails("network", digest)
    same(len(ranges(lab, digest)), 3, "requests for it")
    lab.registry.rules.clear()
    lab.registry.on("GET", digest, truncate(SIZE // 4, "drop"), times=2)
    lab.export(app, "--retries", "1").ok().carries(app)


@case("blob-length-wrong", "body-too-long", "lengths-disagree", "blob-size-wrong")
def refuses_wrong_lengths(lab):
    "a blob whose length differs from its descriptor is refused"
    for fault in (body(lambda data: data + b"more"), shorter(SIZE - 1),
                  content_length(SIZE + 1), content_length(1 << 62), content_length(1)):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, fault)
        lab.export(app).fails("integrity", digest, reason="size")


@case("blob-length-wrong", "body-too-long")
def stops_an_endless_blob(lab):
    "a blob that never ends is stopped at its declared size"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, endless())
    lab.export(app).fails("integrity", "sent more than", reason="size")


@case("lengths-disagree")
def refuses_malformed_lengths(lab):
    "a Content-Length that is malformed or repeated is refused"
    for values in ((-1,), ("x",), (SIZE, SIZE + 1), (1 << 70,), ("1, 2",)):
        app, digest = only_layer(lab)
        lab.again()
        lab.registry.on("GET", digest, content_length(*values), times=1)
        lab.repeats_allowed = True
        run = lab.export(app)
        if run.status == 0:  # the bytes are right, and that is what counts
            run.carries(app)


@case("answer-compressed-unasked", "compressed-blob")
def refuses_compressed_blobs(lab):
    "a blob that arrives compressed is refused"
    app = lab.image("app:1", size=1000)
    lab.registry.on("GET", app.layer.digest, gzip())
    lab.export(app).fails("integrity", app.layer.digest, hint="compressed the response")
    same({e.header("Accept-Encoding") for e in lab.registry.find("GET", "/blobs/")},
         {"identity"}, "Accept-Encoding")


@case("document-compressed")
def compressed_document(lab):
    "a compressed document is reported as such, one only labelled so is accepted"
    app = lab.index("app:1")
    name = lab.registry.host + "/app"
    for where, words in (("/manifests/1$", [app]), ("/manifests/sha256:", [app]),
                         ("/tags/list", ["--all-tags", name]), ("/referrers/", [app])):
        lab.again()
        lab.registry.on("GET", where, gzip())
        lab.export(*words).fails("protocol", "compressed the document (Content-Encoding: gzip)")
        lab.again()
        lab.registry.on("GET", where, header("Content-Encoding", "gzip"))
        lab.export(*words).ok()
    lab.again()
    lab.push(image("app:1")).ok()
    same({e.header("Accept-Encoding") for e in lab.log.find()}, {"identity"}, "Accept-Encoding")


@case("answer-compressed-unasked")
def accepts_a_false_content_encoding(lab):
    "a blob labelled as compressed whose bytes are right is accepted"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", header("Content-Encoding", "x-gzip"))
    lab.export(app).ok().carries(app)


@case("blob-bit-flipped", "blob-content-wrong")
def fails_on_a_flipped_bit(lab):
    "a flipped bit is fetched again once, then it is an error"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, flip(SIZE // 2))
    lab.export(app).fails("integrity", digest, reason="digest")
    same(ranges(lab, digest), [None, None], "requests for it")
    lab.registry.rules.clear()
    lab.export(app).ok().carries(app)  # no wrong bytes are kept


@case("blob-bit-flipped", "blob-content-wrong")
def recovers_from_one_flipped_bit(lab):
    "a bit that was flipped once is repaired by fetching again"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, flip(0), times=1)
    lab.export(app).ok().carries(app)


@case("registry-answers-html")
def names_a_web_page(lab):
    "a web page instead of a blob is reported as such"
    app, digest = only_layer(lab)
    lab.registry.on("GET", digest, status(200, "<html>Log in</html>", "text/html"))
    lab.export(app).fails("integrity", "text/html", reason="size")


@case("blobs-shared-by-many")
def fetches_shared_blobs_once(lab):
    "the empty blob is not fetched, a shared config is fetched once"
    empty, config = Blob([b""], "text/plain"), Blob([b'{"n":1}'], OCI_CONFIG)
    braces = Blob([b"{}"], EMPTY)
    documents = [manifest(config, [empty, braces], annotations={"n": str(n)})
                 for n in range(100)]
    top = Document({"manifests": [one.descriptor() for one in documents]},
                   "application/vnd.oci.image.index.v1+json")
    app = lab.serve(Picture("app:1", [*documents, top], [config, empty, braces]))
    lab.export(app).ok().carries(app)
    same(lab.registry.count("GET", config.digest), 1, "requests for the config")
    same(lab.registry.count("GET", empty.digest), 0, "requests for nothing")
    check(lab.registry.count("GET", braces.digest) <= 1, "requests for {}")


@case("digest-sha512")
def refuses_sha512_early(lab):
    "sha512 is refused before any layer is fetched"
    config = json_blob({}, OCI_CONFIG)
    big = layer("big", 1000)
    big.digest = "sha512:" + hashlib.sha512(big.pieces[0]).hexdigest()
    app = lab.serve(Picture("app:1", [manifest(config, [big])], [config, big]))
    lab.export(app).fails("protocol", "sha512")
    same(lab.registry.count("GET", "/blobs/"), 0, "blobs that were asked for")


@case("layer-shared-by-platforms")
def fetches_a_shared_layer_once(lab):
    "a layer shared by eight platforms is fetched once by eight workers"
    app = lab.index("app:1", platforms=8, shared=1, layers=0, size=100000)
    lab.export(app, jobs=8).ok().carries(app)
    same(lab.registry.count("GET", app.layer.digest), 1, "requests for it")


@case("error-storm")
def continues_through_an_error_storm(lab):
    "most requests fail and the export still completes"
    app = lab.image("app:1", layers=4, size=50000)
    lab.registry.on("GET", "/blobs/", status(503), nth=[1, 3, 5])
    lab.registry.on("GET", "/blobs/", end("reset"), nth=[2])
    lab.registry.on("GET", "/blobs/", truncate(20000, "reset"), nth=[3, 4])
    lab.export(app).ok().carries(app)


@case("foreign-layers-not-fetched")
def fetches_no_foreign_layers_by_default(lab):
    "a layer with foreign URLs is not fetched from there by default"
    app = image("app:1")
    foreign = app.layer.descriptor(urls=[f"{lab.storage.url}/{app.layer.digest}"])
    fields = {"config": app.config.descriptor(), "layers": [foreign]}
    app.documents[0] = Document(fields, app.top.media_type)
    lab.serve(app)
    lab.registry.store.repo("app").blobs.pop(app.layer.digest)
    lab.export(app).fails("not-found", app.layer.digest, hint="foreign")
    same(lab.storage.count(), 0, "requests to elsewhere")


main()
