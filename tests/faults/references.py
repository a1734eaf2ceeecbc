# SPDX-License-Identifier: Apache-2.0
"""Names: which server is asked for what, and what is refused before anything is asked."""
import os

from harness import *

DIGEST = "sha256:" + "0123456789abcdef" * 4


def asked(lab, reference):
    """(host, path) of the first manifest that an export of this reference requests."""
    lab.log.forget()
    lab.export(reference).fails("not-found")
    [first, *_] = [(e.origin, e.path) for e in lab.log.find("GET", "/manifests/")]
    return first


def hub(lab):
    """All of Docker Hub is lab.registry."""
    lab.proxied = True
    return lab.registry.name_it("registry-1.docker.io")


@case("docker-hub-names")
def resolves_docker_hub_names(lab):
    "names without a host and every name of Docker Hub resolve to Docker Hub"
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
def tells_hosts_from_paths(lab):
    "localhost with a slash is a host, without one an image of Docker Hub"
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
def fetches_the_digest_and_keeps_the_tag(lab):
    "the digest decides what is fetched, the tag names it, wherever it points"
    app, moved = lab.image("app:1"), image("app:1", seed="moved")
    moved.put(lab.registry.store)
    run = lab.export(f"{app.ref}@{app.top.digest}").ok().carries(app)
    same(run.json["images"][0]["name"], app.ref, "its name")
    same(lab.registry.count("GET", "/manifests/1$"), 0, "questions for the tag")


@case("host-forms-and-digests")
def accepts_ipv6(lab):
    "an IPv6 host with a port is accepted"
    try:
        six = lab.origin("six", "::1", Registry)
    except OSError as why:
        raise Skipped("no IPv6 on this machine") from why
    app = lab.image("app:1", at=six)
    check(app.ref.startswith("[::1]:"), app.ref)
    lab.export(f"{app.ref}@{app.top.digest}").ok().carries(app)


@case("reference-outside-grammar", "digest-malformed")
def refuses_malformed_references(lab):
    "names, tags and digests outside the grammar are refused before any request"
    host = lab.registry.host
    for reference in (f"{host}/a:{'t' * 129}", f"{host}/a___b", f"{host}/A/b", f"{host}/a..b",
                      f"{host}/../b", f"{host}/a//b", f"{host}/a@{DIGEST[:-1]}",
                      f"{host}/a@{DIGEST.replace('abc', 'ABC')}", f"{host}/a@sha256:../../x",
                      f"{host}/a@md5:{'0' * 32}", f"https://{host}/a", f"user:pw@{host}/a",
                      f"{host}/a%2e", f"{host}/a?b", f"{host}/a#b", f"{host}/a b", "-", ""):
        lab.export("--", reference).fails("usage")
    same(str(lab.log), "", "requests")


@case("longest-repository-path")
def limits_the_path(lab):
    "a path of 255 characters is the longest accepted"
    path = "a/" * 127 + "b"
    same(asked(lab, f"{lab.registry.host}/{path}:1"),
         ("registry", f"/v2/{path}/manifests/1"), "the longest path")
    lab.log.forget()
    lab.export(f"{lab.registry.host}/{path}c:1").fails("usage")
    same(str(lab.log), "", "requests")


UTF16 = "a.b/c:1\n".encode("utf-16")


def errors(run):
    return [error["message"] for error in run.json.get("errors", [])]


@case("list-as-editors-write-it")
def list_forms(lab):
    "a list with a byte order mark, CRLF, schemes and comments"
    app, chart = lab.image("app:1"), lab.image("charts/chart:1")
    text = f"\ufeff# images\r\ndocker://{app.ref}  # first\r\n\r\noci://{chart.ref}\r\n"
    lab.export("-f", lab.given("list.txt", text)).ok().carries(app, chart)


@case("list-with-bad-lines")
def bad_lines(lab):
    "all malformed lines are reported in one run, with file and line"
    host = lab.registry.host
    one = lab.given("one.txt", f"{host}/app:1\n{host}/A:1\n- {host}/app:1\n")
    other = lab.given("other.txt", UTF16)
    run = lab.export("-f", one, "-f", other, "--", f"{host}/a:").fails("usage", "4 references")
    messages = errors(run)
    same(len(messages), 4, "errors")
    for message, begin in zip(messages, (f"'{host}/a:'", f"{one}:2: ", f"{one}:3: ",
                                         f"{other}: UTF-16")):
        check(message.startswith(begin), message)
        run.says(message)
    lab.export("-f", other).fails("usage", f"{other}: UTF-16", hint="iconv")
    same(str(lab.log), "", "requests")


@case("list-with-bad-lines")
def manifests(lab):
    "a Kubernetes manifest is a list, too"
    app, tool = lab.image("app:1"), lab.image("tool:1")
    text = (f"containers:\n  - name: a\n    image: \"{app.ref}\"\n"
            f"  - image: {tool.ref}  # comment\n")
    lab.export("-f", lab.given("pod.yaml", text)).ok().carries(app, tool)


@case("names-that-do-not-resolve")
def unresolved(lab):
    "all names that do not resolve are named in one run, with file and line"
    app = lab.image("app:1")
    host = lab.registry.host
    path = lab.given("list.txt", f"{app.ref}\n{host}/gone:1\n\n{host}/app:2\n")
    run = lab.export("-f", path, "--", f"{host}/none@{DIGEST}").fails("not-found", "3 names")
    for message, begin in zip(errors(run), (f"{host}/none@", f"{path}:2: {host}/gone:1: ",
                                            f"{path}:4: {host}/app:2: ")):
        check(message.startswith(begin), message)
        run.says(message)
    lab.export("-f", lab.given("list.txt", f"{host}/gone:1\n")).fails("not-found", f"{path}:1: ")
    run = lab.export("--all-tags", "-f", lab.given("list.txt", f"{host}/gone\n{host}/app:2\n"))
    run.fails("not-found", "2 names")
    same([message.startswith(f"{path}:{line}: ") for line, message in enumerate(errors(run), 1)],
         [True, True], "places")
    run = lab.export("--keep-going", app, "-f", path).fails("partial")
    same(sorted(one["error"]["message"].split(": ")[0] for one in run.json["failures"]),
         [f"{path}:1", f"{path}:2"], "places of what failed")


@case("tag-beside-its-pin")
def beside_pin(lab):
    "a tag beside the same tag with a digest that it no longer has: a warning"
    app, moved = lab.image("app:1"), image("app:1", seed="moved")
    pin = f"{app.ref}@{app.top.digest}"
    run = lab.export(app.ref, pin).ok().carries(app)
    same(run.json.get("warnings"), None, "warnings")
    moved.put(lab.registry.store)
    for names in ((pin, app.ref), (app.ref, pin)):
        lab.again()
        run = lab.export(*names).ok().carries(app)
        [warning] = run.json["warnings"]
        check(app.top.digest in warning["message"] and moved.top.digest in warning["message"],
              warning["message"])


@case("list-given-as-a-name")
def file_as_name(lab):
    "an operand that is a file here: the hint asks for --from"
    host = lab.registry.host
    path = lab.given("list.txt", f"{host}/app:1\n")
    lab.export("--", path).fails("usage", hint=f"did you mean --from {path}?")
    run = lab.sealift("copy", "--json", path, host + "/mirror")
    run.fails("usage", hint=f"did you mean --from {path}?")
    hub(lab)
    name = "images.txt"
    os.symlink(path, os.path.join(lab.folder, "out", name))
    lab.export("--", name).fails("not-found", hint=f"did you mean --from {name}?")


@case("upper-case-in-name")
def upper_case(lab):
    "upper case in the first part makes a host, which is not there: the hint is at the name"
    lab.proxied = True
    for reference in ("MyOrg/app", "MyOrg/app:1", "MyOrg/team/app"):
        run = lab.export(reference, "--retries", "0", env={"https_proxy": None})
        run.fails("network", hint="repository names are lower case")
        run.fails("network", hint="'myorg' is treated as a registry host")
    run = lab.export("myorg.invalid/app", "--retries", "0", env={"https_proxy": None})
    run.fails("network").silent_about("upper case")


main()
