# SPDX-License-Identifier: Apache-2.0
"""Redirects: where requests may be led, and what goes along."""
from harness import *  # first: it knows the way to the others

from fault.access import Bearer
from fault.tls import PRIVATE, PUBLIC


def with_password(lab):
    """lab.registry wants a password, and the client has it."""
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    return password


def public(lab):
    """lab.registry has a public address, and a thief has private ones."""
    lab.proxied = True
    thief = lab.origin("thief", "127.0.0.7", lambda: lab.storage.handler)
    return lab.registry.name_it(PUBLIC), thief.also_named(*PRIVATE)


@case("storage-refuses-credentials", "redirect-drops-credentials")
def sends_no_credentials_to_storage(lab):
    "a storage server that refuses credentials serves the blob"
    with_password(lab)
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage, query="?sig=1"))
    lab.export(app).ok().carries(app)
    same(lab.storage.count("GET"), 2, "blobs that came from there")


@case("redirect-to-other-origin", "redirect-drops-credentials")
def sends_no_credentials_to_another_port(lab):
    "another port of the same host gets no credentials"
    with_password(lab)
    app = lab.image("app:1")
    port = lab.origin("storage", "127.0.0.2", lambda: lab.other.handler)
    app.put(lab.other.store)
    lab.registry.on("GET", "/blobs/", redirect_to(port, 302))
    lab.export(app).ok().carries(app)
    check(port.count("GET") > 0, "it was asked")


@case("redirect-to-other-origin", "redirect-forms")
def refuses_https_to_http(lab):
    "a redirect from https to http is refused"
    with_password(lab)
    app = lab.image("app:1")
    plain = lab.origin("plain", "127.0.0.2", lambda: lab.registry.handler, tls=False)
    lab.registry.on("GET", "/blobs/", redirect_to(plain, 302))
    lab.export(app).fails("protocol", "from https to http")
    same(plain.count(), 0, "requests in the clear")


@case("redirect-to-other-origin")
def follows_a_relative_path_with_credentials(lab):
    "a relative path stays at the registry, with its credentials"
    with_password(lab)
    app = lab.image("app:1")
    handler, moved = lab.registry.handler, "/artifacts-downloads/here"

    def serve(request, _):
        refusal = lab.registry.access.check(request)
        request.path = request.path.replace(moved, "/v2/app/blobs/")
        return refusal or handler.answer(request)
    lab.registry.on("GET", "^" + moved, serve)
    lab.registry.on("GET", "/blobs/", redirect(
        lambda request: moved + request.path.rpartition("/")[2], 302))
    lab.export(app).ok().carries(app)
    check(all(e.header("Authorization") for e in lab.registry.find("GET", moved)),
          "the registry's own path gets its credentials")


@case("redirect-forms")
def refuses_malformed_locations(lab):
    "every malformed Location is refused"
    app = lab.image("app:1")
    lab.image("app:2")
    rule = {"to": ""}
    lab.registry.on("GET", "/blobs/", redirect(lambda _: rule["to"]))
    host = lab.storage.host
    for to in ("", "https://", f"https://user:pw@{host}/x", f"https://{host}:99999/x",
               "https://[::1/x", "javascript:alert(1)", f"gopher://{host}/x",
               "https://" + "a" * 70000, f"https://{host}/\x01"):
        rule["to"] = to
        run = lab.export(app)
        check(run.status in (4, 5, 11), f"exit {run.status} for {to[:40]!r}")
    same(lab.storage.count(), 0, "requests to the storage server")


@case("redirect-forms")
def understands_scheme_relative_locations(lab):
    "//HOST/PATH and a fragment are understood"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect(
        lambda request: f"//{lab.storage.host}{request.path}#part"))
    lab.export(app).ok().carries(app)
    same(lab.storage.count("GET", "#"), 0, "fragments that were sent")


@case("storage-requires-login", "storage-challenge")
def gives_storage_no_token(lab):
    "a storage server that requires a token gets none"
    with_password(lab)
    app = lab.image("app:1")
    lab.evil.handler.anonymous = None
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
    lab.storage.on("GET", "", status(401, WWW_Authenticate=f'Bearer realm="{lab.evil.url}/t",'
                                                           'service="x",scope="repository:a:pull"'))
    lab.export(app).fails("auth")
    same({e.header("Authorization") for e in lab.evil.find()} - {None}, set(),
         "what its token server was told")


@case("storage-requires-login", "storage-challenge")
def gives_storage_no_password(lab):
    "a storage server that requires a password gets none"
    with_password(lab)
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
    lab.storage.on("GET", "", status(401, WWW_Authenticate='Basic realm="x"'))
    lab.export(app, "--retries", "1").fails("network", "the link to it was refused")


@case("redirect-to-bad-target", "redirect-forms")
def refuses_other_schemes(lab):
    "file, ftp and other schemes are refused"
    app = lab.image("app:1")
    for to in ("file:///etc/passwd", f"ftp://{lab.storage.host}/x", "data:,x"):
        lab.again()
        lab.registry.on("GET", "/blobs/", redirect(to))
        lab.export(app).fails("protocol")


@case("redirect-to-bad-target", "redirect-loop")
def ends_a_redirect_loop(lab):
    "redirects in a circle end after a fixed number"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect(lambda request: request.path))
    lab.export(app, jobs=1).fails("protocol", "redirects more than")
    check(lab.registry.count("GET", "/blobs/") <= 7, "not too many")


@case("redirect-to-bad-target", "redirect-to-private-address")
def refuses_private_addresses_of_public_registries(lab):
    "a public registry cannot redirect to a private address"
    _, thief = public(lab)
    app = lab.image("app:1")
    for address in (*PRIVATE, thief.host, f"[::ffff:{PRIVATE[0]}]", "2130706439", "localhost",
                    f"[::1]:{thief.port}"):
        lab.again()
        lab.registry.on("GET", "/blobs/", redirect(
            lambda request, address=address: f"https://{address}{request.path}"))
        lab.export(app).fails("protocol", "private")
    same(thief.count(), 0, "requests to it")


@case("redirect-to-private-address")
def follows_to_a_public_address(lab):
    "a public registry may redirect to another public address"
    public(lab)
    app = lab.image("app:1")
    elsewhere = lab.origin("elsewhere", "127.0.0.8", lambda: lab.storage.handler)
    elsewhere.also_named("203.0.113.8")
    lab.registry.on("GET", "/blobs/", redirect(lambda r: f"https://203.0.113.8{r.path}"))
    lab.export(app).ok().carries(app)


@case("realm-at-private-address", "realm-scheme-or-user")
def refuses_private_realms_of_public_registries(lab):
    "a public registry cannot name a token service at a private address"
    _, thief = public(lab)
    app = lab.image("app:1")
    lab.tokens.handler.anonymous = ("pull",)
    password = lab.secret()
    for is_known in (False, True):
        if is_known:
            lab.docker_config({PUBLIC: ("robot", password)})
        for url in (*(f"https://{one}" for one in PRIVATE), f"https://{thief.host}",
                    f"https://[::1]:{thief.port}", f"http://{PUBLIC}", "file:///etc",
                    f"https://user:pw@{PUBLIC}", "ftp://203.0.113.8"):
            lab.again()
            lab.registry.access = Bearer(lab.tokens.handler, url + "/token")
            lab.export(app).fails("auth")
    same(thief.count() + lab.tokens.count(), 0, "requests to a token server")


@case("redirect-to-private-address")
def follows_between_private_addresses(lab):
    "redirects between addresses of the same machine are followed"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage, 308))
    lab.export(app).ok().carries(app)


@case("redirect-drops-credentials")
def sends_no_credentials_on_the_way_back(lab):
    "credentials are not sent when a redirect leads back to the registry"
    with_password(lab)
    app = lab.image("app:1")
    lab.registry.on("GET", "back=1", status(200, b"".join(app.layer.pieces)))
    lab.storage.on("GET", "", redirect(lambda request: lab.registry.url + request.path + "?back=1"))
    lab.registry.on("GET", app.layer.digest, redirect_to(lab.storage))
    lab.export(app).ok().carries(app)
    [back] = lab.registry.find("GET", "back=1")
    same(back.header("Authorization"), None, "Authorization of the last hop")


@case("signed-link-expired")
def requests_a_new_signed_link(lab):
    "when a signed link has expired the registry is asked for a new one"
    app = lab.image("app:1", size=300000)
    links = []

    def lead(request, _):
        links.append(request.header("Range"))
        return Reply(307, headers=[("Location", f"{lab.storage.url}{request.path}?n={len(links)}")])
    lab.registry.on("GET", app.layer.digest, lead)
    lab.storage.on("GET", "n=1$", truncate(100000, "drop"))
    lab.storage.on("GET", "n=2$", status(403, "<Error><Code>ExpiredRequest</Code></Error>",
                                         "application/xml"))
    lab.export(app).ok().carries(app)
    same(len(links), 3, "links that were asked for")
    check(links[2] and not links[2].startswith("bytes=0-"), f"resumed: {links}")


@case("registry-forwards-everything")
def follows_to_another_registry(lab):
    "a registry that redirects everything to another one with tokens works"
    app = image("app:1")
    app.put(lab.other.store)
    lab.wants_token(lab.other)
    app.origin = lab.registry
    lab.registry.on("GET|HEAD", "/(manifests|blobs)/", redirect_to(lab.other))
    lab.secrets.update({})
    allow_tokens_at(lab, "other")
    lab.export(app).ok().carries(app)
    same({user for user, _ in lab.tokens.handler.granted}, {None}, "who asked for tokens")


def allow_tokens_at(lab, name):
    """Tokens of lab.tokens are for this origin."""
    lab.tokens.handler.new_secret = lambda: lab.secret(name)


@case("registry-forwards-everything")
def checks_digests_of_another_registry(lab):
    "what another registry serves must match the digest"
    app = image("app:1")
    app.put(lab.other.store)
    app.origin = lab.registry
    lab.registry.on("GET|HEAD", "/(manifests|blobs)/", redirect_to(lab.other))
    lab.other.on("GET", "/blobs/", flip(0))
    lab.export(app).fails("integrity", reason="digest")


@case("secret-in-query", "secret-in-output")
def hides_secrets_in_links(lab):
    "secrets in the query of a link are never shown"
    app = lab.image("app:1")
    secret = lab.secret("storage")
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage, query=f"?X-Signature={secret}"))
    lab.storage.on("GET", "", status(404, "no such key"))
    lab.export(app).fails("not-found")
    check(lab.storage.count("GET", secret) > 0, "the link was used")


@case("secret-in-query", "secret-in-output")
def hides_secrets_in_locations(lab):
    "secrets in the location of an upload are never shown"
    secret = lab.secret("registry")
    app = image("app:1", size=2 << 20)
    lab.registry.on("POST", "/uploads/", location(lambda url: f"{url}&secret={secret}"))
    lab.registry.on("PATCH", "", denied(400, "BLOB_UPLOAD_INVALID"))
    lab.push(app).fails("protocol")
    check(lab.registry.count("PATCH", secret) > 0, "the location was used")


main()
