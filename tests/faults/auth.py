# SPDX-License-Identifier: Apache-2.0
"""Challenges, tokens, and who gets to see a password.  Where passwords come from: credentials.py."""
from urllib.parse import parse_qs, urlsplit

from harness import *  # first: it knows the way to the others

import json

from fault.access import Basic, Bearer
from images import OCI_CONFIG, json_blob
from pictures import layer, manifest

HTML = "<!DOCTYPE html><html><body>Please log in</body></html>"


def with_token(lab, realm=None):
    """lab.registry wants tokens, and the client has a password for them."""
    password = lab.wants_token(lab.registry)
    if realm:
        lab.registry.access.realm = realm
    lab.docker_config({lab.registry.host: ("robot", password)})
    return password


def challenge_with(lab, *values):
    """Refusals of lab.registry have these WWW-Authenticate headers."""
    check_access = lab.registry.access.check

    def refuse(request):
        reply = check_access(request)
        if reply:
            reply.set("WWW-Authenticate", None)
            reply.headers += [("WWW-Authenticate", value) for value in values]
        return reply
    lab.registry.access.check = refuse


def realm_of(lab):
    return lab.registry.access.realm


def scopes_asked(origin):
    """The scopes of each token request."""
    return [parse_qs(urlsplit(entry.target).query).get("scope", [])
            for entry in origin.find("GET")]


# ---- challenges ----

@case("scope-with-quoted-comma")
def parses_a_comma_in_quotes(lab):
    "a scope with a comma in quotes yields one token for both actions"
    with_token(lab)
    app = lab.image("app:1", at=lab.other)
    lab.push(app).ok()
    lab.landed(app)
    same(scopes_asked(lab.tokens), [["repository:mirror/app:pull,push"]], "tokens asked for")


@case("challenge-in-two-headers")
def skips_unsupported_schemes(lab):
    "an unsupported scheme in the first of two headers is skipped"
    with_token(lab)
    challenge_with(lab, "Negotiate", f'Bearer realm="{realm_of(lab)}",service="registry.test"')
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)


@case("two-challenges-in-one-header")
def parses_two_challenges_in_one_header(lab):
    "two challenges in one header, with quotes inside quotes, are parsed"
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    challenge_with(lab, 'Newauth a="x\\"y, Bearer realm=z", Basic realm="z"')
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)


@case("challenge-in-odd-case")
def parses_odd_case_and_unquoted_values(lab):
    "names in odd case and unquoted values are parsed"
    with_token(lab)
    challenge_with(lab, f"bEaReR REALM={realm_of(lab)},Service=registry.test")
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)


@case("realm-is-relative")
def resolves_a_relative_realm(lab):
    "a relative realm is resolved at the registry and keeps its query"
    lab.wants_token(lab.registry)
    password = lab.secret("registry")
    lab.tokens.handler.users["robot"] = password
    lab.docker_config({lab.registry.host: ("robot", password)})
    challenge_with(lab, 'Bearer realm="/token?x=1",service="registry.test"')
    lab.registry.on("GET", "^/token", lambda request, _: lab.tokens.handler.answer(request))
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)
    [asked] = lab.registry.find("GET", "^/token")
    same(asked.target, "/token?x=1&service=registry.test&scope=repository%3Aapp%3Apull",
         "what was asked")


@case("front-page-is-open")
def obtains_a_token_when_only_manifests_need_one(lab):
    "a token is obtained when /v2/ is open and manifests are not"
    with_token(lab)
    lab.registry.on("GET", "^/v2/$", status(200, "{}"))
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)


@case("refusal-without-challenge")
def asks_the_front_page_for_a_challenge(lab):
    "after a 401 without a challenge, that of /v2/ is used"
    with_token(lab)
    lab.registry.on("GET|HEAD", "/(manifests|blobs)/", change(
        lambda reply: reply.set("WWW-Authenticate", None)))
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)
    same(lab.tokens.count(), 1, "tokens asked for")


@case("challenge-unambiguous")
def parses_sloppy_challenges(lab):
    "malformed challenges with one possible meaning are understood"
    with_token(lab)
    app = lab.image("app:1")
    check_access, realm = lab.registry.access.check, realm_of(lab)
    for value in (f'Bearer realm="{realm}" service="registry.test" scope="repository:app:pull"',
                  f'Bearer realm="{realm}",service="registry.test",scope="repository:app:pull',
                  f'Bearer realm="{realm}",scope="repository:app:pull",scope="repository:app:x"'):
        lab.again()
        lab.registry.access.check = check_access
        challenge_with(lab, value)
        lab.export(app).ok().carries(app)


@case("challenge-malformed")
def refuses_malformed_challenges(lab):
    "malformed challenges end in a refusal"
    with_token(lab)
    app = lab.image("app:1")
    for value in ("Bearer", 'Bearer realm="x,service="y"', 'Bearer realm="x,service=y', 'Bearer realm="a",realm="b"',
                  ", ".join(f"X{n} a=b" for n in range(64)), 'Bearer realm="' + "a" * 9000,
                  "Digest realm=x", "NTLM", "Negotiate"):
        lab.registry.access = Bearer(lab.tokens.handler, "")
        challenge_with(lab, value)
        lab.export(app).fails("auth")
    same(lab.tokens.count(), 0, "tokens asked for")


# ---- which token server ----

@case("realm-is-unsafe", "realm-scheme-or-user")
def refuses_a_plain_realm(lab):
    "a realm that is not https is refused and nothing is sent there"
    with_token(lab)
    app = lab.image("app:1")
    plain = lab.origin("plain", "127.0.0.2", lambda: lab.tokens.handler, tls=False)
    lab.proxied = True
    lab.registry.name_it("r.example.com")
    lab.docker_config({"r.example.com": ("robot", lab.secret("tokens"))})
    for realm in (plain.url + "/token", "http://r.example.com/token", "file:///etc/passwd",
                  "ftp://r.example.com/token", "https://user:pw@r.example.com/token",
                  "https:///token", "javascript:alert(1)"):
        lab.registry.access.realm = realm
        lab.export(app).fails("auth")
    same(plain.count() + lab.tokens.count(), 0, "tokens asked for")


@case("realm-is-unsafe", "realm-at-private-address")
def refuses_a_private_realm(lab):
    "a realm at a private address is refused for a public registry"
    with_token(lab)
    app = lab.image("app:1")
    lab.proxied = True
    lab.registry.name_it("r.example.com")
    lab.docker_config({"r.example.com": ("robot", lab.secret("tokens"))})
    for host in ("169.254.169.254", "127.0.0.1", "10.1.2.3", "[::1]", "[::ffff:10.0.0.1]",
                 "0.0.0.0", "localhost", lab.tokens.host):
        lab.registry.access.realm = f"https://{host}/token"
        lab.export(app).fails("auth", "private address")
        if "[" not in host:
            lab.export(app, "--trust-realm", host).fails("auth", "private address")
    name = f"auth.localhost:{lab.tokens.port}"  # which resolves to this machine
    lab.registry.access.realm = f"https://{name}/token"
    lab.export(app, "--trust-realm", name, env={"no_proxy": "auth.localhost"}).fails(
        "auth", "private address", reason="private-address")
    same(lab.tokens.count(), 0, "tokens asked for")


def elsewhere(lab):
    """lab.registry names a token server on another host, where the password is good too."""
    password = lab.wants_token(lab.registry, lab.evil)
    app = lab.image("app:1")
    return password, app


@case("realm-on-other-domain")
def sends_credentials_elsewhere_only_if_named(lab):
    "a token service on another domain gets credentials only when named"
    password, app = elsewhere(lab)
    lab.docker_config({lab.registry.host: ("robot", password)})
    lab.export(app).fails("auth", "will not send the credentials",
                          hint=f"--trust-realm {lab.evil.host}")
    port = lab.evil.host.rpartition(":")[2]
    lab.export(app, "--trust-realm", "127.0.0.6").fails("auth")  # that would be port 443
    lab.export(app, "--trust-realm", f"127.0.0.7:{port}").fails("auth")
    same(lab.evil.count(), 0, "tokens asked for")
    lab.export(app, "--trust-realm", lab.evil.host).ok().carries(app)
    same([user for user, _ in lab.evil.handler.granted], ["robot"], "who asked")
    lab.export(app, "--trust-realm", "https://x/").fails("usage", "--trust-realm")


@case("realm-on-other-domain", "anonymous-token")
def asks_other_domains_anonymously(lab):
    "a token service on another domain is asked without credentials"
    _, app = elsewhere(lab)
    lab.export(app).ok().carries(app)
    same([user for user, _ in lab.evil.handler.granted], [None], "who asked")


@case("token-service-redirects")
def drops_credentials_on_redirects_of_a_token_service(lab):
    "credentials do not follow a redirect of a token service"
    with_token(lab)
    app = lab.image("app:1")
    lab.evil.handler.users["robot"] = ""
    lab.tokens.on("GET", "", redirect_to(lab.evil))
    lab.export(app)
    check(lab.evil.count() > 0, "it was asked")
    check("evil" not in lab.log.authorized(), "it saw no credentials")


# ---- tokens ----

@case("token-member-varies")
def accepts_both_token_members(lab):
    """"token" and "access_token" are accepted, an answer with neither is not"""
    with_token(lab)
    app = lab.image("app:1")
    for fields in (lambda token: {"access_token": token},
                   lambda token: {"token": None, "access_token": token},
                   lambda token: {"token": token, "access_token": token}):
        lab.again()
        lab.tokens.handler.answer_fields = fields
        lab.export(app).ok().carries(app)
    for fields in (lambda token: {"expires_in": 300}, lambda token: {"token": ""},
                   lambda token: {"token": token, "access_token": "x"},
                   lambda token: {"token": token + "\r\nX-Evil: 1"}):
        lab.tokens.handler.answer_fields = fields
        lab.again()
        lab.export(app).fails("auth", "token server")


@case("token-body-varies")
def checks_token_answers(lab):
    "token answers: text/plain is accepted, a web page and 2 MiB are refused"
    with_token(lab)
    app = lab.image("app:1")
    lab.tokens.on("GET", "", header("Content-Type", "text/plain; charset=utf-8"))
    lab.export(app).ok().carries(app)
    lab.again()
    lab.tokens.on("GET", "", gzip())
    lab.export(app).fails("auth", "the server compressed the document (Content-Encoding: gzip)")
    lab.again()
    lab.tokens.on("GET", "", status(200, HTML, "text/html"))
    lab.export(app).fails("auth", "is not a JSON object")
    lab.again()
    lab.tokens.on("GET", "", status(200, '{"token":"' + "a" * (2 << 20) + '"}',
                                    "application/json"))
    lab.export(app).fails("limit", "1048576 bytes")


@case("token-lifetime-is-odd")
def tolerates_odd_lifetimes(lab):
    "unusual lifetimes cause no loop: one token is enough"
    with_token(lab)
    app = lab.image("app:1")
    for fields in ({"expires_in": 0}, {}, {"expires_in": 10}, {"expires_in": -1},
                   {"expires_in": 1 << 62}, {"expires_in": 1.5}, {"expires_in": "x"},
                   {"issued_at": "0001-01-01T00:00:00Z"}, {"issued_at": "2999-01-01T00:00:00Z"},
                   {"issued_at": "yesterday"}):
        lab.again()
        lab.tokens.handler.answer_fields = lambda token, more=fields: {"token": token, **more}
        lab.export(app).ok().carries(app)
        same(lab.tokens.count(), 1, f"tokens asked for with {fields}")


@case("token-never-sufficient")
def gives_up_on_insufficient_tokens(lab):
    "after two tokens that do not suffice the run fails and names the repository"
    with_token(lab)
    app = lab.image("team/app:1")
    lab.tokens.handler.refuses = lambda *_: "insufficient_scope"
    run = lab.export(app).fails("auth", hint=f"{lab.registry.host}/team/app")
    check(lab.tokens.count() <= 2, "a token, and one more")
    check(lab.registry.count("GET", "/manifests/") <= 2, "with one request each")
    check("Bearer" not in json.dumps(run.json), "no header in the message")


@case("tokens-always-refused")
def gives_up_on_refused_tokens(lab):
    "a registry that refuses every token ends the run"
    with_token(lab)
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", then(lambda _: lab.tokens.handler.revoke_all(), None))
    lab.export(app, jobs=1).fails("auth")
    check(lab.tokens.count() <= 3, "few tokens")


@case("token-expires-between-blobs")
def renews_a_token_between_blobs(lab):
    "a token that expires between two blobs is renewed and nothing is fetched twice"
    with_token(lab)
    app = lab.image("app:1", layers=4)
    lab.registry.on("GET", "/blobs/", then(lambda _: lab.tokens.handler.revoke_all(), None), nth=3)
    lab.export(app, jobs=1).ok().carries(app)
    same(lab.tokens.count(), 2, "tokens asked for")


@case("token-expires-mid-download")
def renews_a_token_mid_download(lab):
    "after a token expired in the middle of a layer, the rest is fetched with another"
    with_token(lab)
    app = lab.image("app:1", size=300000)

    def cut(request, proceed):
        reply = truncate(100000, "drop")(request, proceed)
        lab.tokens.handler.revoke_all()
        return reply
    lab.registry.on("GET", app.layer.digest, cut, nth=1)
    lab.export(app, jobs=1).ok().carries(app)
    same(lab.tokens.count(), 2, "tokens asked for")
    ranges = [e.header("Range") for e in lab.registry.find("GET", app.layer.digest)]
    check(ranges[-1] and not ranges[-1].startswith("bytes=0-"), f"resumed: {ranges}")


@case("token-expires-mid-upload")
def renews_a_token_mid_upload(lab):
    "after a token expired during an upload, only the last step is repeated"
    with_token(lab)
    app = image("app:1", size=3 << 20)

    def store(request, proceed):
        reply = proceed()
        lab.tokens.handler.revoke_all()
        return reply
    lab.registry.on("PATCH", "", store)
    lab.push(app, jobs=1).ok()
    lab.landed(app)
    same(lab.registry.count("PATCH"), 1, "times that the blob was sent")
    same(lab.tokens.count(), 2, "tokens asked for")


@case("anonymous-token")
def asks_anonymously_without_credentials(lab):
    "without credentials the token is requested anonymously"
    lab.wants_token(lab.registry)
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)
    same([e.header("Authorization") for e in lab.tokens.find()], [None], "what was sent")


@case("anonymous-token-ends-early")
def renews_an_anonymous_token(lab):
    "an anonymous token that expires early is renewed, whatever the challenge"
    app = lab.image("app:1", layers=4)
    realm = f'Bearer realm="{lab.tokens.url}/token",service="registry.test"'
    for challenge in (realm, realm + ',error="invalid_token"', 'Bearer error="invalid_token"', None):
        lab.again()
        lab.wants_token(lab.registry)
        check_access, tokens = lab.registry.access.check, lab.tokens.handler

        def refuse(request, check_access=check_access, challenge=challenge):
            reply = check_access(request)
            if request.path == "/v2/":
                return Reply(200, "{}")
            if reply and request.header("Authorization"):
                reply.set("WWW-Authenticate", challenge)
            return reply
        lab.registry.access.check = refuse
        lab.registry.on("GET", "/blobs/", then(lambda _: tokens.revoke_all(), None), nth=3)
        lab.export(app, jobs=1).ok().carries(app)
        same([user for user, _ in tokens.granted], [None, None], "who asked for tokens")
        tokens.granted.clear()


@case("token-refused-basic-wanted")
def tries_the_password_after_a_refused_token(lab):
    "a fresh token refused with a Basic challenge: the password, if any, is tried once"
    password = with_token(lab)
    lab.secrets[password].add("registry")
    app = lab.image("app:1")
    lab.tokens.handler.refuses = lambda *_: "insufficient_scope"
    check_access = lab.registry.access.check
    good = Basic({"robot": password})

    def refuse(request):
        scheme = request.header("Authorization", "").partition(" ")[0]
        return good.check(request) if scheme else check_access(request)
    lab.registry.access.check = refuse
    lab.export(app, jobs=1).ok().carries(app)
    same(lab.tokens.count(), 1, "tokens asked for")
    lab.again()
    good.users["robot"] = "another"
    lab.export(app, jobs=1).fails("auth", "user name or password refused", reason="login")
    same(lab.registry.count("GET", "/manifests/"), 3, "anonymous, with a token, with the password")
    lab.again()
    lab.docker_config({})
    lab.export(app, jobs=1).fails("auth")
    same(lab.registry.count("GET", "/manifests/"), 2, "anonymous, with a token")


@case("anonymous-token-insufficient")
def hints_to_log_in(lab):
    "an anonymous token that is not enough gives a hint to log in"
    app = lab.image("app:1")
    for code in (401, 403):
        lab.again()
        lab.wants_token(lab.registry)
        lab.registry.on("GET", "/manifests/", denied(code, "DENIED", "requested access is denied"),
                        admitted=True)
        lab.export(app).fails("auth", "access is denied", reason="no-login",
                              hint=f"--creds-stdin {lab.registry.host}")


@case("wrong-password")
def fails_on_a_wrong_password(lab):
    "wrong credentials are an error, not a reason to continue anonymously"
    with_token(lab)
    wrong = lab.secret("tokens")
    lab.docker_config({lab.registry.host: ("robot", wrong)})
    app = lab.image("app:1")
    lab.export(app).fails("auth", "refused the credentials")
    same(lab.tokens.count(), 1, "tokens asked for")
    same(lab.tokens.handler.granted, [], "tokens given out")


# ---- refresh tokens ----

def with_identity(lab, secret, **more):
    lab.wants_token(lab.registry)
    lab.tokens.handler.refresh_tokens.add(secret)
    lab.docker_config({lab.registry.host: {"identitytoken": secret, **more}})


@case("refresh-flow-unsupported")
def falls_back_to_the_password(lab):
    "where the refresh flow is unsupported the password is used, if there is one"
    with_identity(lab, lab.secret("tokens"))
    lab.tokens.handler.takes_post = False
    app = lab.image("app:1")
    lab.export(app).fails("auth")
    same(lab.tokens.count("GET"), 0, "tries without it")
    password = lab.secret("tokens")
    with_identity(lab, lab.secret("tokens"), username="robot", password=password)
    lab.tokens.handler.users["robot"] = password
    lab.export(app).ok().carries(app)
    same([user for user, _ in lab.tokens.handler.granted], ["robot"], "who got a token")


@case("refresh-request-form")
def sends_the_refresh_form(lab):
    "a refresh request has the specified form, byte by byte"
    secret = lab.secret("tokens") + "+a/b=c d&e%"
    with_identity(lab, secret)
    lab.registry.access.challenge = lambda *_: (
        f'Bearer realm="{realm_of(lab)}",service="A & B",'
        'scope="repository:alias/app:pull repository:app:pull"')
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)
    [asked] = lab.tokens.find()
    same(asked.method, "POST", "method")
    same(asked.header("Content-Type"), "application/x-www-form-urlencoded", "its type")
    same(asked.header("Authorization"), None, "Authorization")
    coded = secret.partition("+")[0] + "%2Ba%2Fb%3Dc%20d%26e%25"
    same(asked.body.decode(), "grant_type=refresh_token&service=A%20%26%20B&client_id=sealift"
         "&scope=repository%3Aalias%2Fapp%3Apull%20repository%3Aapp%3Apull"
         f"&refresh_token={coded}", "the form")


# ---- more than one scope ----

@case("action-of-its-own-demanded")
def requests_the_demanded_action(lab):
    "an action that the registry requires for lists is requested, and nothing else"
    with_token(lab)
    app = lab.image("app:1")
    check_access, tokens = lab.registry.access.check, lab.tokens.handler
    wanted = "repository:app:metadata_read"

    def refuse(request):
        if "/tags/list" not in request.path and "/referrers/" not in request.path:
            return check_access(request)
        if not tokens.refuses(request.header("Authorization", "").partition(" ")[2], wanted):
            return None
        return Reply(401, "", None, [(
            "WWW-Authenticate", f'Bearer realm="{realm_of(lab)}",service="registry.test",scope="'
            f'{wanted},push,delete repository:secret:metadata_read,push"')])
    lab.registry.access.check = refuse
    lab.export("--all-tags", app.ref.rpartition(":")[0]).ok().carries(app)
    same(scopes_asked(lab.tokens), [["repository:app:pull,metadata_read"]], "tokens asked for")


@case("one-scope-of-two-granted")
def uploads_when_only_the_target_scope_is_granted(lab):
    "with only the last scope granted, mounting fails and uploading works"
    with_token(lab)
    lab.tokens.handler.grant_last_only = True
    shared = layer("shared", 200000)
    pictures = []
    for name in ("one:1", "two:1"):
        config = json_blob({"config": {"Labels": {"name": name}}}, OCI_CONFIG)
        pictures.append(Picture(name, [manifest(config, [shared])], [config, shared]))
    lab.push(*pictures).ok()
    for picture in pictures:
        lab.landed(picture)
    check([e for e in lab.registry.find("POST", "mount=") if e.status == 401], "a mount refused")


main()
