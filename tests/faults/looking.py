# SPDX-License-Identifier: Apache-2.0
"""What list shows of registries, repositories and names."""
import json
import re
import threading

from harness import *

REPOSITORIES = [f"team/app{n:02}" for n in range(25)]


def cataloged(lab, names=REPOSITORIES, **habits):
    for name in names:
        lab.registry.store.repo(name)
    for name, value in habits.items():
        setattr(lab.registry.handler, name, value)
    return lab.registry


def lines(run):
    return run.ok().out.splitlines()


def note(lab, to, text):
    """An artifact attached to a picture, served without a name."""
    made = artifact(f"{to.repo}:{text}", text.encode(), subject=to.top.descriptor())
    made.put(lab.registry.store)
    del lab.registry.store.repo(to.repo).tags[text]
    return made


# ---- the catalog ----

@case("catalog-pages")
def lists_repositories_over_pages(lab):
    "the repositories of a registry are listed over pages, as text and as JSON"
    cataloged(lab, page_size=10)
    same(lines(lab.list(lab.registry, "--text")), REPOSITORIES, "lines")
    same(lab.registry.count("GET", "/v2/_catalog"), 3, "pages")
    lab.again()
    run = lab.list(lab.registry)
    same(run.ok().json["repositories"], REPOSITORIES, "repositories")
    same(run.json["registry"], lab.registry.host, "registry")
    lab.again()
    lab.registry.on("GET", "_catalog", header("Link", None))
    lab.registry.handler.page_size = None
    same(len(lines(lab.list(lab.registry.host + "/", "--text"))), 25, "with a slash")
    lab.again()
    lab.registry.handler.page_limit = 100
    same(lines(lab.list(lab.registry, "--text")), REPOSITORIES, "without a page size")


@case("catalog-pages", "link-header-malformed")
def refuses_malformed_links_of_a_catalog(lab):
    "links of a catalog are treated like those of tags"
    cataloged(lab, page_size=10)
    for form in ("<https://127.0.0.3:1{}>; rel=\"next\"", "<http://internal.example.com{}>; rel=next",
                 "<{}>", "</artifactory/v2/_catalog?{query}>; rel=next"):
        lab.again()

        def alter(reply, form=form):
            link = dict(reply.headers).get("Link")
            if link:
                path = link[1:link.index(">")]
                reply.set("Link", form.format(path, query=path.partition("?")[2]))
        lab.registry.on("GET", "_catalog", change(alter))
        same(lab.list(lab.registry).ok().json["repositories"], REPOSITORIES, form)
    same([one.name for one in lab.origins() if one.count() and one is not lab.registry], [],
         "others that were asked")
    for link in ("</v2/_catalog?last=x", "</v2/other/tags/list?last=v2>", "<{}> rel=next"):
        lab.again()
        lab.registry.on("GET", "n=1000$", header("Link", link))
        lab.list(lab.registry).fails("protocol", "malformed Link header")
    lab.again()
    lab.registry.on("GET", "last=", header("Link", '</v2/_catalog?n=1000>; rel="next"'))
    lab.list(lab.registry).fails("protocol", "pagination loop")


@case("catalog-malformed")
def refuses_malformed_catalogs(lab):
    "invalid names are ignored with a warning, malformed lists refused"
    cataloged(lab)
    odd = json.dumps({"repositories": ["a/b", None, "UPPER", "a//b", "../x", "\u001b[31m", 7, "c"]})
    lab.registry.on("GET", "_catalog", status(200, odd, "application/json"))
    run = lab.list(lab.registry)
    same(run.ok().json["repositories"], ["a/b", "c"], "repositories")
    run.says("6 invalid entries in the catalog ignored")
    for body_text in ('{"repositories":{}}', "[]", "<html>", '{"repositories":["a"],"repositories":[]}'):
        lab.again()
        lab.registry.on("GET", "_catalog", status(200, body_text))
        lab.list(lab.registry).fails("protocol")


@case("catalog-missing")
def reports_a_missing_catalog(lab):
    "a registry without a catalog gets a clear error, with what to do instead"
    cataloged(lab, has_catalog=False)
    lab.list(lab.registry).fails("protocol", "has no catalog", "no-catalog",
                                 hint=f"sealift list {lab.registry.host}/REPOSITORY")
    for code in (400, 405, 501):
        lab.again()
        lab.registry.on("GET", "_catalog", status(code))
        lab.list(lab.registry).fails("protocol", f"returned {code}", "no-catalog")
    for code in (401, 403):
        lab.again()
        lab.registry.on("GET", "_catalog", denied(code, "DENIED", "not for you"))
        lab.list(lab.registry).fails("auth", "catalog", hint="administrators")


@case("catalog-scope")
def asks_for_a_token_of_the_catalog(lab):
    "the token for a catalog has its scope, and no other"
    password = lab.wants_token(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    cataloged(lab)
    same(lab.list(lab.registry).ok().json["repositories"], REPOSITORIES, "repositories")
    same({scope for _, scopes in lab.tokens.handler.granted for scope in scopes},
         {"registry:catalog:*"}, "scopes")


@case("catalog-scope", "catalog-missing")
def hints_where_a_token_server_refuses(lab):
    "a token server that grants no token for the catalog looks like a wrong password"
    password = lab.wants_token(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    lab.tokens.on("GET", "catalog", status(403))
    lab.list(lab.registry).fails("auth", "refused the credentials", hint="administrators")


@case("list-streams")
def prints_names_as_they_arrive(lab):
    "the names of a page are printed before the next page is requested"
    cataloged(lab, page_size=10)
    seen, read = [], threading.Event()

    def wait(request, proceed):
        check(read.wait(20), "the first page was printed")
        return proceed()
    lab.registry.on("GET", "last=", wait)

    def started(process):
        while len(seen) < 10:
            seen.append(process.stdout.readline().decode().strip())
        read.set()
    run = lab.list(lab.registry, "--text", started=started)
    same(seen + lines(run), REPOSITORIES, "names")


@case("list-streams")
def lists_many_names_in_little_memory(lab):
    "100000 repositories, then 100000 tags, in no more memory than the first pages"
    many = [f"team/app{n:06}" for n in range(100000)]
    cataloged(lab, many)
    most = []  # KiB of memory, at each request
    quarantines = set()  # a sanitizer keeps what is freed

    def look(_):
        with open(f"/proc/{lab.pid}/maps", encoding="ascii") as file:
            quarantines.update(re.findall(r"lib\w*san\b", file.read()))
        with open(f"/proc/{lab.pid}/status", encoding="ascii") as file:
            most.append(int(re.search(r"VmHWM:\s+([0-9]+)", file.read())[1]))
    lab.watch = look

    def limited(*argv):
        most.clear()
        run = lab.sealift(*argv, timeout=120)
        check(len(most) > 100, "pages")
        check(quarantines or most[-1] - most[10] < 1024, f"memory grows: {most[10]} to {most[-1]} KiB")
        return run
    options = ("--progress", "none", "--ca-file", lab.authority.ca, "-j", "1")
    same(limited("list", *options, lab.registry.host).ok().out.split(), many, "repositories")
    app = lab.image("app:v1")
    tags = lab.registry.store.repo("app").tags
    tags.update({f"v{n:06}": app.top.digest for n in range(99999)})
    run = limited("list", *options, lab.registry.host + "/app")
    same(run.ok().out.split(), sorted(tags), "tags")


# ---- tags ----

@case("list-tags")
def lists_tags(lab):
    "the tags of a repository are listed, in the order of the registry"
    app = lab.image("app:v1")
    lab.registry.store.repo("app").tags.update({f"t{n}": app.top.digest for n in range(25)})
    lab.registry.handler.page_size = 10
    where = lab.registry.host + "/app"
    run = lab.list(where)
    same(run.ok().json["tags"], sorted(lab.registry.store.repo("app").tags), "tags")
    same(run.json["repository"], where, "repository")
    same(lines(lab.list(where, "--text")), run.json["tags"], "lines")
    lab.list(lab.registry.host + "/none").fails("not-found")


# ---- a name ----

@case("list-name")
def shows_platforms_and_referrers(lab):
    "a name has its platforms with sizes and digests, and a tree of what is attached"
    app = lab.index("app:1")
    first = note(lab, app, "first")
    second = note(lab, first, "second")
    run = lab.list(app).ok()
    images = {image["digest"]: image for image in run.json["images"]}
    same(set(images), {app.top.digest, first.top.digest, second.top.digest}, "images")
    same([p["digest"] for p in images[app.top.digest]["platforms"]],
         [d.digest for d in app.documents[:-1]], "platforms")
    check(all(p["platform"] and p["bytes"] > 0 for p in images[app.top.digest]["platforms"]),
          "platforms have names and sizes")
    same(images[second.top.digest]["subject"], first.top.digest, "subject of a referrer's referrer")
    same(lab.registry.count("GET", app.layer.digest), 0, "layers fetched")
    lab.again()
    text = lines(lab.list(app, "--text"))
    same([len(line) - len(line.lstrip()) for line in text if "@sha256" in line], [2, 4],
         "referrers are indented below their subjects")


@case("list-name")
def shows_the_platform_of_a_single_image(lab):
    "an image without an index has the platform of its config"
    app = lab.image("app:1")
    same(lab.list(app).ok().json["images"][0]["platforms"][0]["platform"], "linux/amd64",
         "platform")
    same(lab.registry.count("GET", app.layer.digest), 0, "layers fetched")


@case("list-name")
def shows_missing_platforms(lab):
    "an index with a child that the registry lacks is shown with that child missing"
    app = lab.index("app:1", platforms=3)
    gone = app.documents[0].digest
    del lab.registry.store.repo("app").manifests[gone]
    run = lab.list(app).ok()
    same({p["digest"]: p["missing"] for p in run.json["images"][0]["platforms"]},
         {d.digest: d.digest == gone for d in app.documents[:-1]}, "missing")
    lab.again()
    check("MISSING" in lab.list(app, "--text").ok().out, "the table has it")
    lab.again()
    lab.registry.on("GET", app.documents[1].digest, status(403))
    lab.list(app).fails("partial", "1 object could not be fetched")


@case("list-name")
def reports_a_name_that_is_not_there(lab):
    "a name that is not there is one error"
    app = lab.image("app:1")
    run = lab.list(app.ref.replace(":1", ":2")).fails("not-found")
    same(run.err.count("not found"), 1, "times it is reported")


@case("list-raw")
def prints_exact_bytes(lab):
    "--raw prints the exact bytes of a document by tag and by digest, and nothing else"
    app = lab.index("app:1")
    same(lab.list(app, "--raw").ok().out, app.top.data.decode(), "index")
    child = app.documents[0]
    where = f"{lab.registry.host}/app@{child.digest}"
    same(lab.list(where, "--raw").ok().out, child.data.decode(), "manifest")
    lab.again()
    lab.registry.on("GET", child.digest, flip(10))
    run = lab.list(where, "--raw")
    same((run.status, run.out), (6, ""), "other bytes are an error, and are not printed")
    lab.list(app, "--raw", "--json").fails("usage", "mutually exclusive")
    same(lab.list(lab.registry, "--raw").status, 2, "exit status for a registry")
    same(lab.list(f"{lab.registry.host}/app", "--raw").status, 2, "exit status for a repository")


# ---- what the operand is ----

@case("list-operand")
def tells_registries_from_names(lab):
    "a word is a registry, a repository or a name by its form"
    lab.proxied = True
    lab.registry.name_it("r.example.com")
    cataloged(lab, ["app"])
    same(lab.list("r.example.com").ok().json["registry"], "r.example.com", "a dot")
    same(lab.list("docker://R.example.com").ok().json["registry"], "r.example.com", "a scheme")
    lab.list("oci:folder").fails("usage", reason="transport")
    lab.list("bundle:images.tar").fails("usage", reason="transport", hint="sealift inspect")
    lab.list("robot:secret@r.example.com").fails("usage")
    run = lab.list("redis:7", "--retries", "0").fails("network")
    check("docker.io/library/redis:7" in run.json["error"]["hint"], "the image is hinted at")


main()
