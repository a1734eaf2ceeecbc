# SPDX-License-Identifier: Apache-2.0
"""What was sent comes back: servers that repeat passwords and tokens wherever they may say
something, or that lead somewhere.  After each run invariants.py looks for the secrets in
everything that was written.
"""
import base64
import json
from urllib.parse import quote

from harness import *  # first: it knows the way to the others

from fault.access import Basic

HOME = "r.example.com"


def sent_in(request, whole=False):
    """The secrets of a request in every form a server might repeat; whole: only those
    that need no decoding."""
    value = request.header("Authorization") or request.header("Proxy-Authorization") or ""
    payload = value.partition(" ")[2] or request.body.decode().rpartition("=")[2] or "none"
    texts = [payload]
    if value.startswith("Basic "):
        pair = base64.b64decode(payload).decode()
        texts += [pair, pair.partition(":")[2]]
    ways = [lambda text: text, *(lambda text, lead=lead: base64.b64encode(
        f"{lead}{text}".encode()).decode() for lead in ("", ">", "> "))]
    if not whole:
        ways += [lambda text: quote(text, safe=""), str.upper, lambda text: text[:20],
                 lambda text: "".join(f"%{ord(c):02x}" for c in text)]
    return [value, *(way(text) for way in ways for text in texts)]


def in_json(key):
    return lambda code: lambda text: Reply(
        code, json.dumps({"errors": [{"code": "DENIED", "message": "no", **{key: text}}]}),
        "application/json")


REPEATED = {  # status -> text -> Reply
    "message": in_json("message"),
    "code": in_json("code"),
    "detail": in_json("detail"),
    "details": lambda code: lambda text: Reply(code, json.dumps({"details": text}), "text/json"),
    "words": lambda code: lambda text: Reply(code, f"who is {text}?", "text/plain"),
    "many words": lambda code: lambda text: Reply(code, text + " x" * 40000, "text/plain"),
    "challenge": lambda code: lambda text: Reply(code, "", None, [
        ("WWW-Authenticate", f'Bearer realm="{text}",service="{text}",error="{text}"')]),
    "realm": lambda code: lambda text: Reply(code, "", None, [
        ("WWW-Authenticate", f'Bearer realm="https://{text}.example.org/{text}?{text}"')]),
}
LED = {  # text -> a place
    "host": "https://{}.evil.test/",
    "lower domain": "https://{}/",
    "path": "https://a.evil.test/{}",
    "user": "https://{}@a.evil.test/",
    "odd": "https://{} /",
    "scheme": "{}://a.evil.test/",
    "relative": "/v2/{}",
    "private": "https://{}.localhost/",
}


def repeated(lab, origin, method, pattern, make, run, whole=False):
    """Run until some of the texts, in a long run all, were shown to it; what it says is never
    printed.  The next call continues with the texts that follow."""
    asked = 0

    def fault(request, _):
        nonlocal asked, wanted
        texts = sent_in(request, whole)
        wanted = len(texts) if IS_LONG else 4
        asked += 1
        lab.repeats += 1
        return make(texts[lab.repeats % len(texts)])
    wanted = 1
    while asked < wanted:
        before = asked
        lab.again()
        origin.on(method, pattern, fault, admitted=origin is lab.registry)
        run()
        check(asked > before, "it was asked")


def fresh_push(lab):
    """A push to a registry that has nothing of it."""
    lab.registry.store.repos.clear()
    return lab.push(image("app:1", size=1000), options=["--retries", "0", "--proxy", "env"])


def prepare(lab, scheme):
    """A registry that wants a password, or tokens; who hears of them does not matter here."""
    lab.repeats_allowed = lab.proxied = True
    lab.repeats = 0
    lab.registry.name_it(HOME)
    lab.tokens.name_it(f"auth.{HOME}")
    password = (lab.wants_password if scheme == "Basic" else lab.wants_token)(lab.registry)
    everybody = {"registry", "tokens", "proxy", "thief"}
    lab.tokens.handler.new_secret = lambda: lab.secret(*everybody)
    lab.secrets[password] |= everybody
    lab.docker_config({HOME: ("robot", password)})
    lab.origin("thief", "127.0.0.7", lambda: lab.storage.handler).also_named("a.evil.test")
    return lab.image("app:1")


@case("secret-in-output")
def hides_secrets_in_error_bodies(lab):
    "errors that repeat what was sent, in any form, are shown without it"
    for scheme in ("Basic", "Bearer"):
        app = prepare(lab, scheme)
        for make in REPEATED.values():
            for code in (400, 401, 403, 404, 429, 500) if IS_LONG else (401, 403):
                repeated(lab, lab.registry, "GET|HEAD", "/manifests/", make(code),
                         lambda: lab.export(app, "--retries", "0"))
        repeated(lab, lab.registry, "GET|HEAD", "/blobs/", REPEATED["words"](500),
                 lambda: lab.export(app, "--retries", "1", "--keep-going", jobs=1))
        for method in ("POST", "PUT|PATCH", "HEAD|GET"):
            repeated(lab, lab.registry, method, "/v2/mirror/", REPEATED["words"](403),
                     lambda: fresh_push(lab))


@case("secret-in-output")
def hides_secrets_of_token_services(lab):
    "a token service that repeats a password or refresh token"
    app = prepare(lab, "Bearer")
    tokens = (lab.docker_config, {HOME: {"identitytoken": lab.secret("tokens")}})
    for change_config, config in ((lambda _: None, {}), tokens):
        change_config(config)
        for make in REPEATED.values():
            for code in (200, 401, 500) if IS_LONG else (401,):
                repeated(lab, lab.tokens, "GET|POST", "/token", make(code),
                         lambda: lab.export(app, "--retries", "0"))
        for place in LED.values():
            repeated(lab, lab.tokens, "GET|POST", "/token", lambda text, place=place: Reply(
                307, "", None, [("Location", place.format(text))]),
                lambda: lab.export(app, "--retries", "0"))


@case("secret-in-output")
def hides_secrets_in_urls(lab):
    "redirects, upload locations and links that repeat what was sent"
    for scheme in ("Basic", "Bearer"):
        app = prepare(lab, scheme)
        for place in LED.values():
            def lead(text, code=307, place=place):
                return Reply(code, "", None, [("Location", place.format(text))])

            repeated(lab, lab.registry, "GET|HEAD", "/manifests/", lead,
                     lambda: lab.export(app, "--retries", "0"))
            repeated(lab, lab.registry, "POST", "/uploads/",
                     lambda text, lead=lead: lead(text, 202),
                     lambda: fresh_push(lab))


@case("secret-in-output")
def refuses_documents_with_secrets(lab):
    "documents that repeat what was sent are refused and not stored"
    for scheme in ("Basic", "Bearer"):
        app = prepare(lab, scheme)
        for document in ('{"%s":1}', '{"schemaVersion":2,"mediaType":"%s"}', "%s",
                         '{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:%s",'
                         '"size":1},"layers":[]}'):
            for type in ("application/vnd.oci.image.manifest.v1+json", "a/%s", "text/html; %s"):
                repeated(lab, lab.registry, "GET", "/manifests/",
                         lambda text, document=document, type=type: Reply(
                             200, document.replace("%s", text), type.replace("%s", text),
                             [("Docker-Content-Digest", f"sha256:{text}"), ("ETag", f'"{text}"')]),
                         lambda: lab.export(app, "--retries", "0"))
        repeated(lab, lab.registry, "GET", "/tags/list", lambda text: Reply(
            200, json.dumps({"name": "app", "tags": ["1", text]}), "application/json"),
            lambda: lab.export(f"{HOME}/app", "--all-tags", "--retries", "0").fails(
                "protocol", "contains a credential"), whole=True)
        repeated(lab, lab.registry, "GET", "/blobs/", lambda text: Reply(
            200, "x", text, [("Content-Range", text), ("Content-Encoding", text)]),
            lambda: lab.export(app, "--retries", "0"))


@case("secret-in-output")
def hides_secrets_in_warnings(lab):
    "Warning headers that repeat what was sent are shown without it"
    for scheme in ("Basic", "Bearer"):
        app = prepare(lab, scheme)
        said = []

        def warn(request, proceed):
            reply = proceed()
            texts = sent_in(request)
            said.append(texts[len(said) % len(texts)])
            reply.headers += [("Warning", f'299 - "{len(said)}: who is {said[-1]}?"'),
                              ("RateLimit-Limit", said[-1]), ("RateLimit-Remaining", said[-1])]
            return reply
        for _ in range(12):
            lab.again()
            lab.registry.on("GET|HEAD", "", warn, admitted=True)
            lab.export(app).ok().says("who is ").says("***").carries(app)
        check(len(said) > 24, "all of them")


@case("secret-in-output")
def hides_short_passwords(lab):
    "all of a text that repeats a short password is hidden"
    lab.proxied = lab.repeats_allowed = True
    lab.registry.name_it(HOME)
    app = lab.image("app:1")

    def hidden(password):
        run = lab.export(app, "--retries", "0")
        error = run.json["error"]  # paths elsewhere in the output may have such letters
        check(password not in error["message"] + error.get("hint", ""), "it was printed")
    for password in ("hunter2", "qz"):
        lab.registry.access = Basic({"robot": password})
        lab.docker_config({HOME: ("robot", password)})
        for place in ("https://x{}x.evil.test/", "https://{}/"):
            lab.again()
            lab.registry.on("GET", "/manifests/", redirect(place.format(password)), admitted=True)
            hidden(password)
        for make in (*REPEATED.values(), lambda _: lambda text: Reply(
                200, json.dumps({"schemaVersion": 2, "mediaType": text}), text)):
            lab.again()
            lab.registry.on("GET", "/manifests/", lambda _, proceed, make=make: make(403)(
                f"no {password}!"), admitted=True)
            hidden(password)


@case("secret-over-plain-http", "secret-in-output")
def hides_secrets_of_proxies(lab):
    "a proxy that repeats its password"
    lab.repeats_allowed, lab.repeats = True, 0
    public = lab.origin("public", "127.0.0.8", Registry, tls=False).name_it("p.example.com")
    password = lab.secret("proxy")
    lab.proxy.handler.users = {"user": password}
    app = lab.image("app:1", at=public)
    env = {"http_proxy": f"http://user:{password}@{lab.proxy.host}"}
    for make in REPEATED.values():
        for code in (403, 407, 502) if IS_LONG else (407,):
            repeated(lab, lab.proxy, "GET", "/manifests/", make(code),
                     lambda: lab.export(app, "--retries", "0", "--plain-http", public.host, env=env))


main()
