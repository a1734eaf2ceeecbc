# SPDX-License-Identifier: Apache-2.0
"""Lists of tags, and how registries hand them out."""
import json

from harness import *  # first: it knows the way to the others

TAGS = [f"v{n}" for n in range(25)]


def tagged(lab, tags=TAGS, **habits):
    """One image under these tags; habits: attributes of the registry."""
    app = lab.image("app:" + tags[0])
    for tag in tags:
        lab.registry.store.repo("app").tags[tag] = app.top.digest
    for name, value in habits.items():
        setattr(lab.registry.handler, name, value)
    return lab.registry.host + "/app"


def names(run):
    return [image["name"].rpartition(":")[2] for image in run.ok().json["images"]]


@case("tag-pages")
def lists_tags_over_pages(lab):
    "tags over many pages are listed, for the next line of a list file too"
    app = tagged(lab, page_size=10)
    same(names(lab.export("--no-referrers", "--all-tags", app)), sorted(TAGS), "tags")
    same(lab.registry.count("GET", "tags/list"), 3, "pages")
    lab.again()
    same(names(lab.export("--all-tags", "-f", lab.given("list", app + "\n"))), sorted(TAGS),
         "tags by a list file")


@case("tag-pages")
def follows_odd_links(lab):
    "links to the next page: absolute, elsewhere, with another path, among others"
    app = tagged(lab, page_size=10)
    for form in ("<https://127.0.0.3:1{}>; rel=\"next\"", "<http://internal.example.com{}>; rel=next",
                 "<{}>; title=\"a, b; rel=prev\"; rel=\"last NEXT\"",
                 "<?{query}>; rel=\"next\"", "</artifactory/api/docker/x/v2/app/tags/list?{query}>; "
                 "rel=\"next\"", "</first>; rel=\"first\", <{}>; rel=\"next\"",
                 "<{}>", "<{}>; type=json", "<?{query}>", "<http://internal.example.com{}>"):
        lab.again()

        def alter(reply, form=form):
            link = dict(reply.headers).get("Link")
            if link:
                path = link[1:link.index(">")]
                reply.set("Link", form.format(path, query=path.partition("?")[2]))
        lab.registry.on("GET", "tags/list", change(alter))
        same(names(lab.export("--all-tags", app)), sorted(TAGS), f"tags with {form}")
    same([one.name for one in lab.origins() if one.count() and one is not lab.registry], [],
         "others that were asked")


@case("link-header-malformed")
def refuses_malformed_links(lab):
    "a malformed Link is an error, never the end of a list"
    app = tagged(lab, page_size=10)
    for link in ("<{}", "{}; rel=next", "<{}>; rel=\"next", "<{}>; rel", "<{}>; rel=\"\"",
                 "<{}> rel=next", "next, <{}>; rel=next", "</x>; rel=first, <{}>", "<{}>, <{}>",
                 "</v2/other/tags/list?last=v2>", "</v2/app/tags/list>"):
        lab.again()
        lab.registry.on("GET", "n=1000$", header(
            "Link", link.replace("{}", "/v2/app/tags/list?last=v17")))
        lab.export("--all-tags", app).fails("protocol", "malformed Link header")
    lab.again()
    lab.registry.on("GET", "n=1000$", header("Link", "</docs>; rel=help, </x>; rel=prev"))
    same(len(names(lab.export("--all-tags", app))), 10, "tags where no link is to the next page")
    lab.again()
    lab.registry.on("GET", "/referrers/", header("Link", "<nonsense"))
    lab.export(app + ":v1").fails("protocol", "malformed Link header")


@case("tag-pages")
def stops_on_a_pagination_loop(lab):
    "pages that loop or never end are an error"
    app = tagged(lab, page_size=10)
    lab.registry.on("GET", "last=v4", header("Link", '</v2/app/tags/list?n=1000>; rel="next"'))
    lab.export("--all-tags", app).fails("protocol", "pagination loop")
    lab.again()
    counter = iter(range(2000))
    lab.registry.on("GET", "tags/list", lambda request, proceed: Reply(
        200, '{"tags":["v1"]}', "application/json",
        [("Link", f'<?last={next(counter)}>; rel="next"')]))
    lab.export("--all-tags", app).fails("limit", "1000 pages")


@case("tag-list-malformed")
def refuses_malformed_lists(lab):
    "empty lists are accepted, malformed ones refused"
    app = tagged(lab)
    for body_text in ('{"name":"app","tags":null}', '{"name":"app"}', '{"tags":[]}'):
        lab.again()
        lab.registry.on("GET", "tags/list", status(200, body_text, "application/json"))
        lab.export("--all-tags", app).fails("not-found", "no tags")
    lab.again()
    odd = json.dumps({"tags": [None, "v1", "sha256:" + "0" * 64, 7, "v1", "-x", "v2", ""]})
    lab.registry.on("GET", "tags/list", status(200, odd, "application/json"))
    run = lab.export("--all-tags", app)
    same(names(run), ["v1", "v2"], "tags")
    run.says("5 invalid entries in the list of tags")
    for body_text in ('{"tags":{}}', '[]', '<html>', '{"tags":["v1"],"tags":["v2"]}'):
        lab.again()
        lab.registry.on("GET", "tags/list", status(200, body_text))
        lab.export("--all-tags", app).fails("protocol")


@case("tag-list-malformed")
def continues_after_an_empty_page(lab):
    "an empty page in the middle does not end the list"
    app = tagged(lab, page_size=10)
    lab.registry.on("GET", "last=v17", status(
        200, '{"tags":null}', "application/json", Link='<?last=v18>; rel="next"'))
    same(names(lab.export("--all-tags", app)),
         sorted(tag for tag in TAGS if tag != "v18"), "tags")


@case("tag-page-size-limited")
def retries_without_a_page_size(lab):
    "a registry that refuses a page size is asked without one"
    app = tagged(lab, page_size=10, page_limit=1000)
    same(names(lab.export("--all-tags", app)), sorted(TAGS), "tags")
    lab.registry.handler.page_limit = 100
    lab.again()
    same(names(lab.export("--all-tags", app)), sorted(TAGS), "tags")


@case()
def continues_without_a_link(lab):
    "a full page without a link is continued with last="
    many = [f"t{n:04}" for n in range(1003)]
    app = tagged(lab, many)
    lab.registry.on("GET", "tags/list", header("Link", None))
    same(len(names(lab.export("--dry-run", "--all-tags", app))), 1003, "tags")
    lab.again()
    whole = json.dumps({"tags": many[:1000]})
    lab.registry.on("GET", "tags/list", status(200, whole, "application/json"))
    same(len(names(lab.export("--dry-run", "--no-referrers", "--all-tags", app))), 1000, "tags")
    same(lab.registry.count("GET", "tags/list"), 2, "pages")
    for code in (400, 403, 404, 416):
        lab.again()
        lab.registry.on("GET", "last=", status(code))
        lab.registry.on("GET", "tags/list", header("Link", None))
        same(len(names(lab.export("--dry-run", "--all-tags", app))), 1000,
             f"tags where a page without Link is refused with {code}")
    lab.again()
    lab.registry.on("GET", "last=", status(404))
    lab.export("--dry-run", "--all-tags", app).fails("not-found")


@case()
def selects_tags_by_expression(lab):
    "tags are selected by an expression that matches as a whole"
    app = tagged(lab)
    other = lab.image("other:latest")
    run = lab.export("--tags", "v1|v2.", app, other.ref, f"{lab.registry.host}/app:v7")
    same(names(run), ["v1", "v20", "v21", "v22", "v23", "v24", "latest", "v7"], "names")
    lab.again()
    lab.export("--tags", "1", app).fails("not-found", "no tag matches")
    for words in (("--tags", "a)(b", app), ("--tags", "", app), ("--tags", "[", app),
                  ("--all-tags", "--tags", "v1", app), ("--all-tags", other.ref)):
        lab.again()
        lab.export(*words).fails("usage")
    same(lab.registry.count(), 0, "requests")
    lab.export("--all-tags", lab.registry.host + "/nothing").fails("not-found", "/nothing: tags")


main()
