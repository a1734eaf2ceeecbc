# SPDX-License-Identifier: Apache-2.0
"""Names: which server is asked for what, and what is refused before anything is asked."""
from harness import *

DIGEST = "sha256:" + "0123456789abcdef" * 4


def asked(lab, reference):
    """Where an export of this reference goes: (host, path) of its first manifest."""
    lab.log.forget()
    lab.export(reference).fails("not-found")
    [first, *_] = [(e.origin, e.path) for e in lab.log.find("GET", "/manifests/")]
    return first


def hub(lab):
    """All of Docker Hub is lab.registry."""
    lab.proxied = True
    return lab.registry.name_it("registry-1.docker.io")


@case("docker-hub-names")
def docker_hub(lab):
    "names without a host, and all names of Docker Hub, go to Docker Hub"
    hub(lab)
    for reference, path in (("nginx", "library/nginx"),
                            ("foo/bar", "foo/bar"),
                            ("docker.io/nginx", "library/nginx"),
                            ("docker.io/foo/bar", "foo/bar"),
                            ("index.docker.io/library/nginx", "library/nginx"),
                            ("registry-1.docker.io/nginx", "library/nginx")):
        same(asked(lab, reference), ("registry", f"/v2/{path}/manifests/latest"), reference)
    hosts = {e.target for e in lab.log.find("CONNECT")}
    same(hosts, {"registry-1.docker.io:443"}, "what the proxy was asked for")


@case("host-or-path")
def host_or_path(lab):
    "localhost with a slash is a host, without one it is an image of Docker Hub"
    hub(lab)
    same(asked(lab, "localhost:5000"), ("registry", "/v2/library/localhost/manifests/5000"),
         "localhost:5000")
    same(asked(lab, "example.com"), ("registry", "/v2/library/example.com/manifests/latest"),
         "example.com")
    local = lab.origin("local", "127.0.0.1", Registry)
    reference = f"localhost:{local.port}/x"
    same(asked(lab, reference), ("local", "/v2/x/manifests/latest"), reference)
    lab.other.name_it("r.example.com")
    same(asked(lab, "r.example.com/x:1"), ("other", "/v2/x/manifests/1"), "a dot makes a host")


@case("host-forms-and-digests", "tag-and-digest-disagree")
def by_digest(lab):
    "the digest says what is fetched, the tag what it is called, wherever the tag points"
    app, moved = lab.image("app:1"), image("app:1", seed="moved")
    moved.put(lab.registry.store)
    run = lab.export(f"{app.ref}@{app.top.digest}").ok().carries(app)
    same(run.json["images"][0]["name"], app.ref, "its name")
    same(lab.registry.count("GET", "/manifests/1$"), 0, "questions for the tag")


@case("host-forms-and-digests")
def ipv6(lab):
    "an IPv6 host with a port"
    try:
        six = lab.origin("six", "::1", Registry)
    except OSError as why:
        raise Skipped("no IPv6 on this machine") from why
    app = lab.image("app:1", at=six)
    check(app.ref.startswith("[::1]:"), app.ref)
    lab.export(f"{app.ref}@{app.top.digest}").ok().carries(app)


@case("reference-outside-grammar", "digest-malformed")
def refused(lab):
    "names, tags and digests outside of the grammar are refused before any request"
    host = lab.registry.host
    for reference in (f"{host}/a:{'t' * 129}", f"{host}/a___b", f"{host}/A/b", f"{host}/a..b",
                      f"{host}/../b", f"{host}/a//b", f"{host}/a@{DIGEST[:-1]}",
                      f"{host}/a@{DIGEST.replace('abc', 'ABC')}", f"{host}/a@sha256:../../x",
                      f"{host}/a@md5:{'0' * 32}", f"https://{host}/a", f"user:pw@{host}/a",
                      f"{host}/a%2e", f"{host}/a?b", f"{host}/a#b", f"{host}/a b", "-", ""):
        lab.export("--", reference).fails("usage")
    same(str(lab.log), "", "requests")


@case("longest-repository-path")
def long_path(lab):
    "a path of 255 characters is the longest"
    path = "a/" * 127 + "b"
    same(asked(lab, f"{lab.registry.host}/{path}:1"),
         ("registry", f"/v2/{path}/manifests/1"), "the longest path")
    lab.log.forget()
    lab.export(f"{lab.registry.host}/{path}c:1").fails("usage")
    same(str(lab.log), "", "requests")


main()
