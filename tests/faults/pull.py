"""Manifests: what registries answer instead of them."""
from harness import *


@case(41)
def accept(lab):
    "a registry that hides what Accept does not name"
    app = lab.index("app:1")
    lab.export(app).ok().carries(app)
    check(all("image.index" in e.header("Accept", "") for e in
              lab.registry.find("GET|HEAD", "/manifests/")), "Accept is always complete")


@case(43)
def other_bytes(lab):
    "a manifest that is not what its digest says is asked for once more, then refused"
    app = lab.index("app:1")
    child = app.documents[0].digest
    lab.registry.on("GET", child, body(lambda data: data.replace(b"{", b"{ ", 1)))
    lab.export(app).fails("integrity", child, reason="digest")
    same(lab.registry.count("GET", child), 2, "requests for it")


@case(47)
def schema1(lab):
    "a manifest of the first schema is not supported"
    app = lab.image("app:1")
    old = b'{"schemaVersion":1,"name":"app","tag":"1","fsLayers":[],"signatures":[]}'
    lab.registry.on("GET", "/manifests/", status(
        200, old, "application/vnd.docker.distribution.manifest.v1+prettyjws"))
    lab.export(app).fails("protocol", "schema")


@case(48)
def endless_manifest(lab):
    "a manifest without end"
    app = lab.image("app:1")
    lab.registry.on("GET", "/manifests/", endless())
    lab.export(app).fails("limit", "longer than")


main()
