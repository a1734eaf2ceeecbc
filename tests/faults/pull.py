# SPDX-License-Identifier: Apache-2.0
"""Manifests and indexes: what registries answer instead of them."""
from harness import *  # first: it knows the way to the others

from client import DOCKER_LIST, DOCKER_MANIFEST, INDEX, MANIFEST
from images import OCI_CONFIG, Blob, Document, json_blob, platform
from pictures import Picture, layer, manifest, raw_document

ZERO = "sha256:" + "0" * 64


@case("registry-checks-accept")
def sends_every_type_in_accept(lab):
    "a registry that hides what Accept does not name shows all"
    app = lab.index("app:1")
    lab.export(app).ok().carries(app)
    check(all("image.index" in e.header("Accept", "") for e in
              lab.registry.find("GET|HEAD", "/manifests/")), "Accept is always complete")
    same([e.target for e in lab.registry.find("GET", "/blobs/") if e.header("Accept")], [],
         "blobs asked for with Accept")


@case("tag-moves-between-requests")
def resolves_a_tag_once(lab):
    "a tag that moves is resolved once, the rest is fetched by digest"
    old, new = lab.index("app:1"), index("app:1", layers=2)
    new.put(lab.registry.store)
    lab.registry.store.repo("app").tags["1"] = old.top.digest

    def move(_):
        lab.registry.store.repo("app").tags["1"] = new.top.digest
    lab.registry.on("GET", "/manifests/sha256", then(move, None))
    lab.export(old).ok().carries(old)
    same(lab.registry.count("GET|HEAD", "/manifests/1$"), 1, "questions for the tag")


@case("manifest-digest-mismatch")
def refuses_a_wrong_manifest(lab):
    "a manifest that does not match its digest is fetched again once, then refused"
    app = lab.index("app:1")
    child = app.documents[0].digest
    lab.registry.on("GET", child, body(lambda data: data.replace(b"{", b"{ ", 1)))
    lab.export(app).fails("integrity", child, reason="digest")
    same(lab.registry.count("GET", child), 2, "requests for it")


@case("manifest-digest-mismatch")
def recovers_from_one_damaged_manifest(lab):
    "a manifest that was damaged once is fetched again"
    app = lab.index("app:1")
    lab.registry.on("GET", app.documents[0].digest, shorter(20), times=1)
    lab.export(app).ok().carries(app)


@case("digest-header-missing-or-wrong", "digest-header-lies")
def ignores_wrong_digest_headers(lab):
    "the bytes decide when Docker-Content-Digest is missing or wrong"
    for value in (None, ZERO, "sha512:" + "0" * 128, "nonsense", "sha256:../../x"):
        app = lab.index("app:1")
        lab.again()
        lab.registry.on("GET", "", header("Docker-Content-Digest", value))
        run = lab.export(app).ok().carries(app)
        same(run.json["images"][0]["digest"], app.top.digest, f"with {value}")


@case("content-type-is-odd")
def accepts_vague_content_types(lab):
    "a Content-Type with parameters, of another kind or missing is accepted"
    app = lab.index("app:1")
    for value in (INDEX + "; charset=utf-8", "Text/Plain", "application/json", None):
        lab.again()
        lab.registry.on("GET", "/manifests/1$", header("Content-Type", value))
        lab.export(app).ok().carries(app)


@case("content-type-is-odd", "document-read-two-ways")
def refuses_a_contradicting_content_type(lab):
    "a Content-Type that contradicts the document is refused"
    app, one = lab.index("app:1"), lab.image("one:1")
    for picture, value in ((app, MANIFEST), (app, DOCKER_MANIFEST), (one, INDEX),
                           (one, DOCKER_LIST)):
        lab.again()
        lab.registry.on("GET", "/manifests/1$", header("Content-Type", value))
        run = lab.export(picture)
        check(run.status in (5, 6), f"{value} for a {picture.top.media_type}: {run.status}")


@case("content-type-is-odd")
def accepts_the_docker_type_of_an_oci_document(lab):
    "Docker's type for an OCI document is accepted"
    app = lab.index("app:1")
    lab.registry.on("GET", "/manifests/1$", header("Content-Type", DOCKER_LIST))
    run = lab.export(app).ok().carries(app)
    same(run.json["images"][0]["mediaType"], INDEX, "its type")


@case("content-type-is-odd", "registry-answers-html")
def names_a_web_page(lab):
    "a web page instead of a manifest is reported as such"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", status(200, "<html>Log in</html>", "text/html"))
    lab.export(app).fails("protocol", "text/html")


def hostile_documents():
    """name -> the bytes of a document that must be refused."""
    config = '"config":{"mediaType":"%s","digest":"%s","size":2}' % (OCI_CONFIG, ZERO)
    layers = '"layers":[{"mediaType":"a/b","digest":"%s","size":%s}]'
    head = '{"schemaVersion":2,"mediaType":"%s",' % MANIFEST
    good = layers % (ZERO, "3")

    def with_size(size):
        return f"{head}{config},{layers % (ZERO, size)}}}"
    yield "index and manifest", f'{head}{config},{good},"manifests":[]}}'
    yield "layers twice", f"{head}{config},{good},{good}}}"
    yield "Layers", f'{head}{config},{good},"Layers":[]}}'
    yield "escaped key", f'{head}{config},{good},"l\\u0061yers":[]}}'
    for size in ("-1", "1e3", "1.5", "9223372036854775808", "18446744073709551617", '"3"', "null"):
        yield f"size {size}", with_size(size)
    yield "deep", head + '"x":' + "[" * 4000 + "]" * 4000 + "}"
    yield "NUL", f'{head}{config},{good},"x":"a\\u0000b"}}'
    yield "not UTF-8", f"{head}{config},{good},".encode() + b'"x":"\xff\xfe"}'
    yield "traversal", f"{head}{config},{layers % ('sha256:../../etc/passwd', 3)}}}"
    yield "upper case", f"{head}{config},{layers % ('sha256:' + 'A' * 64, 3)}}}"
    yield "cut", f"{head}{config},{good}"
    yield "two documents", f"{head}{config},{good}}}{{}}"
    yield "empty", ""
    yield "array", "[]"
    yield "many", head + '"x":[' + ",".join(["{}"] * 2500000) + "]}"


@case("json-out-of-the-ordinary")
def carries_odd_json(lab):
    "JSON that few libraries can hold, in members that do not matter, is carried unchanged"
    config = json_blob({}, OCI_CONFIG)
    file = layer("file", 100)
    odd = (', "annotations": {"a\\u0000": "\\ud800", "b": "\\u0000"}, '
           '"x-odd": [1e999, 99999999999999999999, "\\udc00"]}').encode()
    plain = manifest(config, [file])
    top = Picture("app:1", [raw_document(plain.data.rstrip()[:-1] + odd, plain.media_type)],
                  [config, file])
    lab.serve(top)
    lab.export(top).ok().carries(top)
    lab.registry.on("GET", "/tags/list", status(200, '{"tags":["1","\\u0000"]}'))
    lab.export("--force", "--all-tags", lab.registry.host + "/app").ok().carries(top)
    lab.again()
    lab.push(top).ok()
    lab.landed(top)


@case("document-is-ambiguous", "document-read-two-ways", "json-key-repeated",
      "document-exhausts-memory", "size-impossible")
def refuses_ambiguous_documents(lab):
    "documents that are two types at once or hold invalid values are refused"
    for name, text in hostile_documents():
        data = text if isinstance(text, bytes) else text.encode()
        lab.again()
        lab.registry.on("GET", "/manifests/", status(200, data, MANIFEST))
        run = lab.export(f"{lab.registry.host}/app:1")
        check(run.status in (5, 6, 11), f"{name}: exit {run.status}")
        same(lab.registry.count("GET", "/blobs/"), 0, f"{name}: blobs that were asked for")


@case("manifest-of-schema-1")
def refuses_schema_1(lab):
    "a manifest of schema 1 is not supported"
    app = lab.image("app:1")
    old = b'{"schemaVersion":1,"name":"app","tag":"1","fsLayers":[],"signatures":[]}'
    lab.registry.on("GET", "/manifests/", status(
        200, old, "application/vnd.docker.distribution.manifest.v1+prettyjws"))
    lab.export(app).fails("protocol", "schema")


@case("manifest-too-large")
def stops_an_endless_manifest(lab):
    "a manifest without end is stopped"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", endless())
    lab.export(app).fails("limit", "longer than")


@case("manifest-too-large")
def refuses_a_large_manifest(lab):
    "a manifest of nine megabytes is refused"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", body(lambda data: data + b" " * (9 << 20)))
    lab.export(app).fails("limit")


@case("descriptor-size-wrong")
def refuses_a_wrong_descriptor_size(lab):
    "a descriptor with the wrong size of its manifest is refused"
    app = image("app:1")
    for more in (-1, 1):
        child = {**app.top.descriptor(), "size": app.top.size + more}
        both = Picture("app:1", [app.top, Document({"manifests": [child]}, INDEX)], app.blobs)
        lab.export(lab.serve(both)).fails("integrity", reason="size")


@case("head-unreliable")
def falls_back_to_get(lab):
    "where HEAD is refused, GET is used"
    app = image("app:1")
    app.put(lab.registry.store, "mirror/app")
    lab.registry.on("HEAD", "/manifests/", status(405))
    lab.push(app).ok()
    same(lab.registry.count("POST|PUT|PATCH", ""), 0, "writes")


@case("head-unreliable")
def does_not_rely_on_head(lab):
    "HEAD answers 404 or almost nothing and the export succeeds"
    for fault in (status(404), header("Docker-Content-Digest", None),
                  content_length(7), header("Content-Type", None)):
        lab.again()
        app = image("app:1")
        app.put(lab.registry.store, "mirror/app")
        lab.registry.on("HEAD", "/manifests/", fault)
        lab.push(app).ok()
        lab.landed(app)


def strange_things():
    """Documents other than plain images; each is carried unchanged."""
    base = image("app:1")
    statement = json_blob({"_type": "https://in-toto.io/Statement/v0.1"},
                          "application/vnd.in-toto+json")
    config = json_blob({"architecture": "unknown", "os": "unknown"}, OCI_CONFIG)
    proof = manifest(config, [statement])
    children = [base.top.descriptor(platform=platform("linux/amd64")),
                proof.descriptor(platform=platform("unknown/unknown"))]
    top = Document({"manifests": children}, INDEX, odd=True)
    attested = Picture("attested:1", [base.top, proof, top], [*base.blobs, config, statement])
    inner = Document({"manifests": [base.top.descriptor()]}, INDEX, odd=True)
    outer = Document({"manifests": [inner.descriptor(), base.top.descriptor()]}, INDEX)
    nested = Picture("nested:1", [base.top, inner, outer], base.blobs)
    listed = Document({"manifests": [manifest(config, [statement]).descriptor()]}, DOCKER_LIST)
    docker = Picture("docker:1", [proof, listed], [config, statement])
    wasm = Blob([b"\0asm\1\0\0\0"], "application/vnd.wasm.content.layer.v1+wasm")
    wasm_config = json_blob({}, "application/vnd.wasm.config.v0+json")
    file = layer("file", 100, "text/plain")
    withdrawn = Document({"artifactType": "application/x", "blobs": [file.descriptor()]},
                         "application/vnd.oci.artifact.manifest.v1+json")
    return [attested, nested, docker, artifact("notes:1"),
            Picture("wasm:1", [manifest(wasm_config, [wasm])], [wasm_config, wasm]),
            Picture("withdrawn:1", [withdrawn], [file])]


@case("unusual-manifests", "manifest-bytes-preserved")
def preserves_unusual_manifests(lab):
    "attestations, nested indexes and artifacts are carried byte for byte"
    things = [lab.serve(one) for one in strange_things()]
    lab.export(*things).ok().carries(*things)


@case("index-too-deep", "index-cycle")
def refuses_deep_indexes(lab):
    "indexes nested twenty deep are refused"
    app = image("app:1")
    documents = [app.top]
    for _ in range(20):
        documents.append(Document({"manifests": [documents[-1].descriptor()]}, INDEX))
    lab.export(lab.serve(Picture("app:1", documents, app.blobs))).fails("limit")


@case("index-too-deep", "index-cycle")
def refuses_an_index_inside_itself(lab):
    "an index that claims to contain itself is refused"
    app = lab.image("app:1")
    a = raw_document({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": INDEX, "digest": ZERO, "size": 300}]}, INDEX)
    lab.registry.on("GET", "/manifests/", status(200, a.data, INDEX))
    lab.export(app).fails("integrity", reason="digest")


@case("index-cycle")
def walks_shared_indexes_once(lab):
    "an index with a billion paths is walked once"
    app = image("app:1")
    documents = [app.top]
    for _ in range(6):
        child = documents[-1].descriptor()
        documents.append(Document({"manifests": [
            {**child, "annotations": {"n": str(n)}} for n in range(40)]}, INDEX))
    wide = lab.serve(Picture("app:1", documents, app.blobs))
    lab.export(wide).ok().carries(wide)
    same(lab.registry.count("GET", "/manifests/"), 7, "documents that were asked for")


@case("index-child-missing")
def names_a_missing_child(lab):
    "a missing child of an index is named"
    app = lab.index("app:1")
    child = app.documents[0].digest
    del lab.registry.store.repo("app").manifests[child]
    lab.export(app).fails("not-found", child)


@case("blob-forbidden")
def explains_a_forbidden_blob(lab):
    "a forbidden blob is reported with its image and the cause"
    app = lab.image("app:1")
    for code, kind in ((404, "not-found"), (403, "auth"), (410, "protocol"), (451, "protocol")):
        lab.again()
        lab.registry.on("GET", app.layer.digest, denied(code, "DENIED", "not for you"))
        lab.export(app).fails(kind, app.layer.digest)


main()
