# SPDX-License-Identifier: Apache-2.0
"""Secrets are unique texts here, and reach only whom they are for.

Whatever a registry names - a redirect, a token server, the place of an upload - is tried
with every way to be another origin than the registry's, or to look like it.  After each run
invariants.py looks for the secrets at all origins, and in everything that was written.
"""
from harness import *  # first: it knows the way to the others

from images import Document

HOME = "r.example.com"
ELSEWHERE = {
    "another port": f"https://{HOME}:8443",
    "plain http": f"http://{HOME}",
    "plain http at the port of https": f"http://{HOME}:443",
    "a host above": "https://example.com",
    "a host beside": "https://s.example.com",
    "a host below": f"https://x.{HOME}",
    "another host": "https://cdn.example.org",
    "a name that begins like it": f"https://{HOME}.evil.test",
    "its name as a user": f"https://{HOME}@a.evil.test",
    "its name with a dot": f"https://{HOME}.",
}


class Greedy:
    """Accepts everything, and answers 401 to requests without credentials."""

    def __init__(self, lab):
        self._lab = lab
        self.is_asking = True

    def answer(self, request):
        if self.is_asking and request.header("Authorization") is None:
            return Reply(401, "{}", "application/json", [
                ("WWW-Authenticate", f'Bearer realm="https://{request.header("Host")}/token"'),
                ("WWW-Authenticate", 'Basic realm="x"')])
        if "token" in request.path:
            return Reply(200, '{"token":"%s"}' % self._lab.secret("registry", "thief", "thief80"),
                         "application/json")
        return Reply(404)


def prepare(lab):
    """The registry has a public name, wants tokens, and the user has a password for them."""
    lab.proxied = True
    lab.registry.name_it(HOME)
    lab.tokens.name_it(f"auth.{HOME}")
    greedy = Greedy(lab)
    thief = lab.origin("thief", "127.0.0.7", lambda: greedy)
    thief.also_named(f"{HOME}:8443", "example.com", "s.example.com", f"x.{HOME}",
                     "cdn.example.org", f"{HOME}.", f"{HOME}.evil.test", "a.evil.test")
    lab.origin("thief80", "127.0.0.7", lambda: greedy, tls=False).also_named(HOME)
    password = lab.wants_token(lab.registry)
    lab.docker_config({HOME: ("robot", password)})
    return password


def prepare_addresses(lab):
    """The same without names, for imports, which ask no proxy; and what is elsewhere."""
    greedy = Greedy(lab)
    near = lab.origin("thief near", "127.0.0.2", lambda: greedy)
    near80 = lab.origin("thief near80", "127.0.0.2", lambda: greedy, tls=False)
    far = lab.origin("thief", "127.0.0.7", lambda: greedy)
    password = lab.wants_token(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    return password, {
        "another port": near.url,
        "plain http": near80.url,
        "another address": far.url,
        "its address as a user": f"https://{lab.registry.host}@{far.host}",
        "its address as a password": f"https://x:{lab.registry.host}@{far.host}",
        "its address as a number": f"https://2130706434:{near.port}",
        "a name": f"https://localhost:{near.port}",
    }


def fresh_push(lab, size, *options):
    """A push to a registry that has nothing of it."""
    lab.registry.store.repos.clear()
    return lab.push(image("app:1", size=size), options=["--retries", "0", *options])


def everywhere(lab, secret, rule, run, elsewhere=None):
    """With each origin elsewhere: rule(its URL), then run(); the secret has to be used."""
    for where, url in (elsewhere or ELSEWHERE).items():
        for is_asking in (True, False) if IS_LONG else (True,):
            lab.again()
            for origin in lab.origins():
                if origin.name.startswith("thief"):
                    origin.handler.is_asking = is_asking
            rule(url)
            status = run().status
            check(status in (0, 3, 4, 5, 6, 9), f"{where}: exit {status}")
            same(lab.log.saw(secret), {"tokens"}, f"{where}: who saw the password")
            same([str(e) for e in lab.log.writes() if e.origin.startswith("thief") and e.size],
                 [], f"{where}: uploads")


@case("secret-in-output", "redirect-drops-credentials", "storage-challenge")
def redirects_carry_no_secret(lab):
    "redirects of manifests and blobs carry no password, token or certificate"
    password = prepare(lab)
    app = lab.image("app:1")
    lab.certified.add("registry")
    certificate = lab.authority.client()

    def run():
        done = lab.export(app, "--retries", "0", "--tls-cert", certificate)
        check(all(e.certified for e in lab.registry.find()), "the registry sees it")
        return done
    for what in ("/manifests/", "/blobs/"):
        everywhere(lab, password, lambda url, what=what: lab.registry.on(
            "GET", what, redirect(lambda request: url + request.target), admitted=True), run)


@case("secret-in-output", "redirect-drops-credentials")
def links_carry_no_secret(lab):
    "links to the next page of tags or referrers carry no secret"
    password = prepare(lab)
    lab.image("app:1")

    def lead(url):
        lab.registry.on("GET", "/(tags|referrers)/", change(lambda reply: reply.set(
            "Link", f'<{url}/v2/app/tags/list?last=0>; rel="next"')), admitted=True)
    everywhere(lab, password, lead, lambda: lab.export(
        f"{HOME}/app", "--all-tags", "--retries", "0"))


@case("secret-in-output", "foreign-layers-not-fetched")
def foreign_urls_receive_no_secret(lab):
    "URLs of foreign layers receive no secret"
    password, asked = prepare(lab), 0
    for where, url in ELSEWHERE.items():
        app = image("app:1")
        far = app.layer.descriptor(urls=[f"{url}/layer"])
        app.documents[0] = Document({"config": app.config.descriptor(), "layers": [far]},
                                    app.top.media_type)
        lab.serve(app)
        lab.registry.store.forget_blob(app.layer.digest)
        lab.again()
        check(lab.export(app, "--foreign-layers", "--retries", "0").status != 0, where)
        same(lab.log.saw(password), {"tokens"}, f"{where}: who saw the password")
        asked += lab.log.count(origin="thief")
    check(asked > 0, "some of these places were asked")


@case("realm-scheme-or-user", "realm-on-other-domain", "secret-in-output")
def passwords_stay_with_related_hosts(lab):
    "token services get a password only on the registry's own or a related host"
    for where, url in ELSEWHERE.items():
        lab.again()
        password = prepare(lab)
        allowed = where in ("another port", "a host below", "a host above")
        if allowed:
            lab.secrets[password] |= {"thief"}
        lab.registry.access.realm = url + "/token"
        app = lab.image("app:1")
        run = lab.export(app, "--retries", "0")
        check(run.status == 3, f"{where}: exit {run.status}")
        same("thief" in lab.log.saw(password), allowed, where)


@case("realm-scheme-or-user", "realm-on-other-domain", "secret-in-output")
def logins_stay_with_related_hosts(lab):
    "a login sends a password only to the registry's own or a related token service"
    for where, url in ELSEWHERE.items():
        lab.again()
        password = prepare(lab)
        allowed = where in ("another port", "a host below", "a host above")
        if allowed:
            lab.secrets[password] |= {"thief"}
        path = os.path.join(lab.folder, "given", "auth.json")

        def run():
            return lab.sealift("login", "-vv", "--json", "--progress", "none", "--retries", "0",
                               "--ca-file", lab.authority.ca, "-u", "robot", "--password-stdin",
                               "--authfile", path, HOME, stdin=password.encode())
        lab.registry.access.realm = url + "/token"
        same(run().status, 3, f"{where}: exit status")
        same("thief" in lab.log.saw(password), allowed, where)
        lab.again()
        lab.registry.access.realm = lab.tokens.url + "/token"
        lab.registry.on("GET", "/v2/$", redirect(lambda request, url=url: url + request.target))
        run()
        same(lab.log.saw(password) - {"tokens", "thief"}, set(), f"{where}: after a redirect")
        check(not os.path.exists(path) or lab.log.saw(password), "kept without a check")


@case("upload-stays-at-registry", "secret-in-output")
def upload_locations_carry_no_secret(lab):
    "locations of uploads elsewhere receive no secret and no byte"
    password, elsewhere = prepare_addresses(lab)
    for method, size in (("POST", 1000), ("PATCH", 3 << 20)):
        everywhere(lab, password, lambda url, method=method: lab.registry.on(
            method, "/uploads/", location(lambda proper: url + proper), admitted=True),
            lambda size=size: fresh_push(lab, size), elsewhere)


@case("upload-stays-at-registry", "secret-in-output")
def named_upload_locations_carry_no_secret(lab):
    "locations of uploads by name, through a proxy, receive no secret"
    password = prepare(lab)
    for method, size in (("POST", 1000), ("PATCH", 3 << 20)):
        everywhere(lab, password, lambda url, method=method: lab.registry.on(
            method, "/uploads/", location(lambda proper: url + proper), admitted=True),
            lambda size=size: fresh_push(lab, size, "--proxy", "env"))


@case("secret-in-output", "redirect-drops-credentials", "upload-stays-at-registry")
def upload_redirects_carry_no_secret(lab):
    "redirects of uploads and presence checks carry no secret"
    password, elsewhere = prepare_addresses(lab)
    for method in ("HEAD|GET", "POST", "PUT", "PATCH"):
        everywhere(lab, password, lambda url, method=method: lab.registry.on(
            method, "/v2/mirror/", redirect(lambda request: url + request.target),
            admitted=True),
            lambda: fresh_push(lab, 2 << 20), elsewhere)


@case("secret-over-plain-http", "secret-in-output")
def proxies_receive_only_their_password(lab):
    "a proxy receives its own password and never the registry's"
    password = prepare(lab)
    for_proxy = lab.secret("proxy")
    lab.proxy.handler.users = {"user": for_proxy}
    app = lab.image("app:1")
    url = f"http://user:{for_proxy}@{lab.proxy.host}"
    lab.export(app, env={"https_proxy": url}).ok().carries(app)
    same(lab.log.saw(for_proxy), {"proxy"}, "who saw the proxy's password")
    same(lab.log.saw(password), {"tokens"}, "who saw the registry's password")
    lab.again()
    wrong = lab.secret("proxy")
    lab.export(app, "--retries", "0", env={
        "https_proxy": f"http://user:{wrong}@{lab.proxy.host}"}).fails("auth", "proxy")


@case("secret-in-output")
def malformed_proxy_urls_are_shown_without_password(lab):
    "malformed proxy URLs are refused and shown without their password"
    app, host = lab.image("app:1"), lab.proxy.host
    lab.registry.name_it("r.example.com")
    word = lab.secret()
    for url, says in (
            *((f"http://user:{a}{b}@{host}", "percent-encoded")
              for odd in "#/?@ \t\x7f" for a, b in ((word, odd), (odd, word))),
            (f"http://{word}/x:y@{host}", "percent-encoded"),
            (f"http://user:{word}%0a@{host}", "percent-encoded"),
            (f"user:{word}#x@{host}", "percent-encoded"),
            (f"http://user:{word}#x", "malformed"),
            (f"http://user:{word}@{host}0000", "malformed"),
            (f"http://user:{word}@127.0.0.5:port", "malformed"),
            (f"http://user:{word}@", "malformed"),
            (f"http://user:{word}@{host}/path", "malformed"),
            (f"http://user:{word}@{host}?x", "malformed"),
            (f"http://user:{word}@{host}#x", "malformed"),
            (f"gopher://user:{word}@{host}", "scheme"),
            (f"user:{word}://x@{host}", "scheme")):
        for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"):
            lab.export(app, env={name: url}).fails("usage", f"{name}: ").fails("usage", says)
        lab.push(app, env={"all_proxy": url}, options=["--proxy", "env"]).fails("usage", says)
    same(lab.proxy.connections, 0, "connections to the proxy")
    for url in (f"http://user:{word}@127.0.0.1:1", f"http://user:{word}@nowhere.invalid:1"):
        lab.export(app, "--retries", "0", env={"https_proxy": url}).fails("network", "the proxy")


@case("secret-in-output")
def misplaced_passwords_are_not_repeated(lab):
    "a password typed or configured in the wrong place is not repeated"
    app, host, word = lab.image("app:1"), lab.registry.host, lab.secret()
    bundle = lab.bundle(app)
    for user in (f"u:{word}", f"u:{word}/x", f"u:{word} x", f"u:{word}#x", f"u:{word}@x",
                 f"u:x/{word}", f"u:x {word}", f"u:x@{word}", word):
        for place in (f"{user}@{host}", f"https://{user}@{host}"):
            def conf(text, place=place):
                path = lab.given("registries.conf", text.replace("PLACE", place))
                return {"CONTAINERS_REGISTRIES_CONF": path}

            def refused(*words):
                run = lab.sealift("import", "--json", "--insecure-skip-verify", *words)
                run.fails("usage", "is not allowed here")
                lab.command_lines.clear()
            for name in (f"{place}/app:1", f"{place}/app@{app.top.digest}"):
                lab.export(name).fails("usage")
                lab.command_lines.clear()  # where the user has put it
            lab.export("-f", lab.given("list", f"{app.ref}\n{place}/app:1\n")).fails("usage")
            for option in ("--plain-http", "--trust-realm", "--creds-stdin"):
                lab.export(app, option, place, stdin=b"robot:x").fails("usage", "is not allowed here")
                lab.command_lines.clear()
            refused(bundle, place)
            refused("--map", f"{place}/a=b", bundle, host)
            for key in ("prefix", "location"):
                lab.export(app, env=conf(f"[[registry]]\n{key} = 'PLACE'\n")).fails(
                    "usage", "is not allowed here")
            lab.export(app, env=conf("[[registry]]\nlocation = 'x.y'\n[[registry.mirror]]\n"
                                     "location = 'PLACE/a'\n")).fails("usage", "line 4")
            lab.docker_config({place: {"auth": "?"}})
            lab.export(app).fails("usage", "config.json")
            lab.docker_config({place: ("robot", lab.secret())})
            lab.again()
            lab.export(app).ok().carries(app)
    lab.sealift(f"u:{word}@{host}/app:1").says("unknown command")
    lab.command_lines.clear()


@case("secret-over-plain-http", "secret-in-output")
def proxy_passwords_may_have_any_character(lab):
    "proxy passwords work with every character, raw or percent-encoded"
    lab.registry.name_it("r.example.com")
    app = lab.image("app:1")
    for odd, coded in (("#", "%23"), ("/", "%2F"), ("?", "%3f"), ("@", "%40"), (" ", "%20"),
                       ("%", "%25"), (":", ":"), ("%zz", "%zz"), ("!$&'()*+,;=", "!$&'()*+,;="),
                       ("[\\]^`{|}~\"<>", "[\\]^`{|}~\"<>")):
        password = lab.secret("proxy")
        lab.proxy.handler.users = {"user": password + odd}
        for scheme in ("http://", "HTTP://", ""):
            lab.again()
            lab.export(app, env={"https_proxy": f"{scheme}user:{password}{coded}@{lab.proxy.host}"}
                       ).ok().carries(app)


@case("secret-over-plain-http", "secret-in-output")
def plain_registries_receive_no_password(lab):
    "a plain HTTP registry receives no password without --plain-http"
    public = lab.origin("public", "127.0.0.8", Registry, tls=False).name_it("p.example.com")
    lab.proxied = True
    app = lab.image("app:1", at=public)
    password = lab.wants_password(public)
    lab.docker_config({public.host: ("robot", password)})
    lab.export(app, "--retries", "0").fails("network")
    same(lab.log.saw(password), set(), "who saw the password")
    lab.again()
    lab.secrets[password] |= {"proxy"}  # it carries the request in the clear
    lab.export(app, "--plain-http", public.host).ok().carries(app)


def insecure(lab, *places):
    """A registry without TLS that is not on this machine, and a file that says so of places."""
    lab.proxied = lab.repeats_allowed = True  # the proxy and the registry see each request
    public = lab.origin("public", "127.0.0.8", Registry, tls=False).name_it("p.example.com")
    conf = lab.given("registries.conf", "".join(
        f'[[registry]]\nlocation = "{public.host}{place}"\ninsecure = true\n' for place in places))
    return public, {"CONTAINERS_REGISTRIES_CONF": conf}


@case("secret-over-plain-http", "secret-in-output")
def insecure_permits_no_password(lab):
    "insecure in registries.conf permits plain HTTP but no password"
    public, env = insecure(lab, "")
    app = lab.image("app:1", at=public)
    lab.docker_config({public.host: ("robot", lab.secret())})
    lab.export(app, env=env).ok().carries(app)  # which asks for none
    lab.again()
    password = lab.wants_password(public)
    lab.docker_config({public.host: ("robot", password)})
    lab.export(app, "--retries", "0", env=env).fails(
        "auth", "not sent over plain HTTP", hint=f"--plain-http {public.host}"
        ).says("credentials are not sent over plain HTTP")
    same(lab.log.authorized(), set(), "who saw credentials")
    lab.docker_config({public.host: {"registrytoken": lab.secret()}})
    lab.export(app, "--retries", "0", env=env).fails("auth", hint="--plain-http")
    same(lab.log.authorized(), set(), "who saw a token")
    lab.docker_config({})
    lab.export(app, "--retries", "0", env=env).fails("auth", hint="log in")
    lab.again()
    lab.docker_config({public.host: ("robot", password)})
    lab.secrets[password] |= {"proxy"}
    lab.export(app, "--plain-http", public.host, env=env).ok().carries(app)


@case("secret-over-plain-http", "secret-in-output")
def insecure_permits_only_anonymous_tokens(lab):
    "insecure in registries.conf permits only anonymous tokens"
    public, env = insecure(lab, "")
    lab.tokens.name_it("p.example.com:8443")
    app = lab.image("app:1", at=public)
    password = lab.wants_token(public)
    lab.docker_config({public.host: ("robot", password)})
    lab.tokens.handler.new_secret = lambda: lab.secret("public", "proxy")
    lab.export(app, env=env).ok().says("credentials are not sent").carries(app)
    same({user for user, _ in lab.tokens.handler.granted}, {None}, "who got tokens")
    lab.again()
    lab.tokens.handler.anonymous = None
    lab.export(app, "--retries", "0", env=env).fails(
        "auth", "not sent over plain HTTP", hint=f"--plain-http {public.host}")
    lab.tokens.handler.anonymous = ("push",)
    lab.export(app, "--retries", "0", env=env).fails(
        "auth", "not sent over plain HTTP", hint=f"--plain-http {public.host}")
    lab.docker_config({public.host: {"identitytoken": lab.secret()}})
    lab.export(app, "--retries", "0", env=env).fails("auth", hint="--plain-http")
    same(lab.log.saw(password), set(), "who saw the password")


@case("secret-over-plain-http", "similar-registry-name")
def insecure_is_limited_to_its_namespace(lab):
    "insecure applies to the namespace it is written for, not to its host"
    public, env = insecure(lab, "/open")
    pictures = [lab.image(f"{name}:1", at=public) for name in ("open", "open/x", "opening", "x")]
    lab.export(*pictures[:2], env=env).ok().carries(*pictures[:2])
    lab.again()
    for picture in pictures[2:]:
        lab.export(picture, "--retries", "0", env=env).fails("network")
    lab.export(*pictures, "--retries", "0", env=env).fails("network")
    same(public.count("GET|HEAD", "/v2/(opening|x)/"), 0, "requests for other names")


@case("secret-over-plain-http", "secret-in-output")
def insecure_mirrors_receive_no_password(lab):
    "an insecure mirror receives no password; the registry itself is asked"
    public, env = insecure(lab)
    app = lab.image("app:1")
    lab.registry.name_it(HOME)
    picture = lab.serve(image("app:1"), at=public)
    picture.origin = lab.registry
    password = lab.wants_password(public)
    lab.docker_config({public.host: ("robot", password)})
    lab.given("registries.conf", f'[[registry]]\nlocation = "{HOME}"\n[[registry.mirror]]\n'
              f'location = "{public.host}"\ninsecure = true\n')
    lab.export(app, "--retries", "0", env=env).ok().says("not sent over plain HTTP").carries(app)
    same(lab.log.authorized(), set(), "who saw credentials")
    check(public.count() > 0, "the mirror was asked")
    lab.again()
    lab.secrets[password] |= {"proxy"}
    lab.export(app, "--plain-http", public.host, env=env).ok().carries(app)
    check("public" in lab.log.authorized(), "the mirror got the password")


main()
