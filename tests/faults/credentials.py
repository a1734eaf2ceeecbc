# SPDX-License-Identifier: Apache-2.0
"""Sources of credentials (files, variables, helpers) and the hosts that receive them."""
import base64

from harness import *  # first: it knows the way to the others

from fault.access import Basic

NOT_FOUND = "credentials not found in native keychain"


def coded(text):
    return base64.b64encode(text.encode()).decode()


def users_seen(lab, pattern=""):
    """The users whose passwords lab.registry saw."""
    seen = {e.header("Authorization") for e in lab.registry.find(None, pattern)} - {None}
    return {base64.b64decode(value.partition(" ")[2]).decode().partition(":")[0]
            for value in seen}


def helper(lab, name, script):
    """docker-credential-NAME, which notes what it is asked.  The environment to run it in."""
    log = os.path.join(lab.folder, "given", "asked")
    path = lab.given(f"bin/docker-credential-{name}",
                     f'#!/bin/sh\nread -r server\necho "$1 $server" >>"{log}"\n{script}\n')
    os.chmod(path, 0o700)
    return {"PATH": f"{os.path.dirname(path)}:{os.environ['PATH']}"}


def gives(user, secret):
    return f"""echo '{{"ServerURL":"x","Username":"{user}","Secret":"{secret}"}}'"""


def asked(lab):
    """Requests to helpers since the last call."""
    path = os.path.join(lab.folder, "given", "asked")
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii") as file:
        lines = file.read().splitlines()
    os.unlink(path)
    return lines


# ---- files ----

@case("docker-config-spellings")
def understands_registry_spellings(lab):
    "every spelling of a registry in docker's configuration is understood"
    password = lab.wants_password(lab.registry)
    app, host = lab.image("app:1"), lab.registry.host
    for key in (host, f"https://{host}/v1/", f"http://{host}/v2/", f"https://{host}",
                f"{host}/v1/", f"{host}/"):
        lab.again()
        lab.docker_config({key: ("robot", password)})
        lab.export(app).ok().carries(app)
    lab.proxied = True
    lab.registry.name_it("registry-1.docker.io")
    hub = lab.image("library/app:1")
    for key in ("https://index.docker.io/v1/", "index.docker.io", "docker.io",
                "registry-1.docker.io", "docker.io/library"):
        lab.again()
        lab.docker_config({key: ("robot", password)})
        lab.export("app:1").ok().carries(hub)


@case("similar-registry-name")
def keeps_credentials_from_similar_names(lab):
    "a registry or repository with a similar name gets no credentials"
    lab.wants_password(lab.registry)
    app, host = lab.image("team/app:1"), lab.registry.host
    secret = lab.secret()
    lab.docker_config({key: ("robot", secret) for key in (
        host[:-1], host + "0", host.partition(":")[0], f"{host}.example.com", f"x{host}",
        f"{host}/team/ap", f"{host}/team/app/x", f"{host}/tea", f"{host}/app")})
    lab.export(app).fails("auth", "no access", hint="log in")


@case("credential-encodings", "credential-file-malformed")
def decodes_credentials(lab):
    "passwords with colons or trailing NULs and base64 without padding are decoded"
    app, host = lab.image("app:1"), lab.registry.host
    for password, entry in (
            ("a:b::", lambda pair: {"auth": coded(pair)}),
            ("NULs", lambda pair: {"auth": coded(pair + "\0\0")}),
            ("padding", lambda pair: {"auth": coded(pair).rstrip("=")}),
            ("line", lambda pair: {"auth": coded(pair)[:10] + "\n" + coded(pair)[10:] + "\n"}),
            ("fields", lambda pair: dict(zip(("username", "password"), pair.split(":", 1)))),
            ("over it all", lambda pair: {"auth": coded(pair), "username": "x",
                                          "password": "y", "email": "z"})):
        password = lab.secret("registry") + password
        lab.registry.access = Basic({"robot": password})
        lab.again()
        lab.docker_config({host: entry("robot:" + password)})
        lab.export(app).ok().carries(app)


@case("credential-file-malformed")
def names_the_broken_file_and_key(lab):
    "a malformed file is named with its key, without any value"
    secret, app, host = lab.secret(), lab.image("app:1"), lab.registry.host
    for text in (secret, f'{{"auths": {secret}}}', '{"auths":[]}',
                 f'{{"auths":{{"h":{{"auth":"{secret}"}}}}}}',
                 f'{{"auths":{{"h":{{"auth":"{coded(secret)}"}}}}}}',
                 f'{{"auths":{{"h":{{"auth":"{coded("a:b" + chr(10) + secret)}"}}}}}}',
                 f'{{"auths":{{"h":{{"username":"a\\nb","password":"{secret}"}}}}}}',
                 f'{{"auths":{{"h":{{"identitytoken":"{secret}\\r"}}}}}}',
                 f'{{"auths":{{"h":{{}}}},"auths":{{"h":{{"auth":"{secret}"}}}}}}'):
        lab.given("docker/config.json", text)
        run = lab.export(app).fails("usage", "config.json")
        check("'h'" in run.err or "JSON object" in run.err or '"auths"' in run.err, run.err)
    same(lab.registry.count(), 0, "requests")
    lab.given("docker/config.json", b" " * (5 << 20))
    lab.export(app).fails("limit", "config.json")


@case("credentials-of-a-namespace")
def prefers_the_longest_namespace(lab):
    "credentials for part of a registry: the longest match is used"
    users = {name: lab.secret("registry") for name in ("ab", "a", "all")}
    lab.registry.access = Basic(users)
    host = lab.registry.host
    lab.docker_config({f"{host}/{key}".rstrip("/"): (user, users[user])
                       for key, user in (("a/b", "ab"), ("a", "a"), ("", "all"))})
    pictures = [lab.image(f"{path}:1") for path in ("a/b", "a/c", "d", "a/b/c", "a/bc")]
    lab.export(*pictures).ok().carries(*pictures)
    for path, user in (("a/b/[mb]", "ab"), ("a/c/", "a"), ("d/", "all"), ("a/b/c/", "ab"),
                       ("a/bc/", "a")):
        same(users_seen(lab, "^/v2/" + path), {user}, f"who asked for {path}")


@case("credentials-of-a-namespace")
def requests_each_token_with_its_own_credentials(lab):
    "each token is requested with the credentials of its namespace"
    lab.wants_token(lab.registry)
    users = {name: lab.secret("tokens") for name in ("ab", "all")}
    lab.tokens.handler.users.update(users)
    host = lab.registry.host
    lab.docker_config({f"{host}/a/b": ("ab", users["ab"]), host: ("all", users["all"])})
    pictures = [lab.image("a/b:1"), lab.image("d:1")]
    lab.export(*pictures).ok().carries(*pictures)
    same(sorted(lab.tokens.handler.granted), [("ab", ["repository:a/b:pull"]),
                                              ("all", ["repository:d:pull"])], "tokens")


@case("only-registry-auth-file")
def reads_only_registry_auth_file(lab):
    "REGISTRY_AUTH_FILE, when set, is the only file read"
    password = lab.wants_password(lab.registry)
    app, host = lab.image("app:1"), lab.registry.host
    lab.docker_config({host: ("robot", password)})
    other = lab.given("other.json", '{"auths":{"other.example.com":{}}}')
    lab.export(app, env={"REGISTRY_AUTH_FILE": other}).fails("auth")
    lab.export(app, "--authfile", other).fails("auth")
    same(lab.log.authorized(), set(), "who saw credentials")
    lab.export(app, env={"REGISTRY_AUTH_FILE": other + "x"}).fails(
        "not-found", "$REGISTRY_AUTH_FILE")
    lab.export(app).ok().carries(app)


@case("only-registry-auth-file")
def reads_files_in_order(lab):
    "credential files are read in the documented order"
    app, host = lab.image("app:1"), lab.registry.host
    users = {name: lab.secret("registry") for name in
             ("stdin", "authfile", "variable", "text", "run", "config", "docker")}
    lab.registry.access = Basic(users)

    def file(name, path):
        return lab.given(path, '{"auths":{"%s":{"auth":"%s"}}}'
                         % (host, coded(f"{name}:{users[name]}")))
    authfile = file("authfile", "authfile.json")
    file("docker", "docker/config.json")
    run = os.path.dirname(os.path.dirname(file("run", "run/containers/auth.json")))
    config = os.path.dirname(os.path.dirname(file("config", "config/containers/auth.json")))
    with open(file("text", "text.json"), encoding="ascii") as text:
        env = {"REGISTRY_AUTH_FILE": file("variable", "variable.json"),
               "DOCKER_AUTH_CONFIG": text.read(), "XDG_RUNTIME_DIR": run,
               "XDG_CONFIG_HOME": config}
    options = ["--creds-stdin", host, "--authfile", authfile]
    stdin = f"stdin:{users['stdin']}".encode()
    for name in users:
        lab.again()
        lab.export(app, *options, env=env, stdin=stdin).ok().carries(app)
        same(users_seen(lab), {name}, "who asked")
        if name == "stdin":
            options, stdin = options[2:], b""
        elif name == "authfile":
            options = []
        elif env:
            env.pop(next(iter(env)))


@case("registry-token-used-as-is")
def sends_a_registry_token_as_is(lab):
    "a registry token is sent unchanged"
    lab.wants_token(lab.registry)
    token = lab.secret("registry")
    lab.tokens.handler._tokens[token] = (["repository:app:pull"], None)
    lab.docker_config({lab.registry.host: {"registrytoken": token}})
    app = lab.image("app:1")
    lab.export(app).ok().carries(app)
    same(lab.tokens.count(), 0, "tokens asked for")
    lab.tokens.handler.revoke_all()
    lab.again()
    lab.export(app).fails("auth")


@case("secret-over-plain-http")
def sends_secrets_over_plain_http_only_if_named(lab):
    "secrets are sent over plain HTTP only to named hosts"
    password = lab.wants_password(lab.registry)
    plain = lab.origin("plain", "127.0.0.2", lambda: lab.registry.handler, tls=False)
    plain.access = lab.registry.access
    plain.name_it("p.example.com")
    lab.proxied = lab.repeats_allowed = True  # the proxy and the origin see each request
    lab.secrets[password] |= {"plain", "proxy"}
    lab.docker_config({"p.example.com": ("robot", password)})
    app = lab.image("app:1")
    app.origin = plain
    lab.export(app, "--retries", "0").fails("network")
    same(lab.log.authorized(), set(), "who saw credentials")
    lab.export(app, "--plain-http", "p.example.com").ok().carries(app)


# ---- helpers ----

@case("helper-before-file")
def prefers_the_helper(lab):
    "a credential helper takes precedence over the file"
    password = lab.wants_password(lab.registry)
    app, host = lab.image("app:1"), lab.registry.host
    env = helper(lab, "test", gives("robot", password))
    for more in ({"credHelpers": {host: "test"}}, {"credsStore": "test"},
                 {"credHelpers": {host: "test"}, "credsStore": "absent"}):
        lab.again()
        lab.docker_config({host: ("other", lab.secret())}, **more)
        lab.export(app, env=env).ok().carries(app)
        same(asked(lab), [f"get {host}"], "what the helper was asked")
        same(users_seen(lab), {"robot"}, "who asked")


@case("helper-before-file")
def reads_podmans_helpers(lab):
    "podman's list of helpers and its files are read in order"
    users = {name: lab.secret("registry") for name in ("first", "file", "last")}
    lab.registry.access = Basic(users)
    app, host = lab.image("app:1"), lab.registry.host
    conf = lab.given("registries.conf", 'credential-helpers = ["first", "containers-auth.json", '
                                        '"last"]\n[[registry]]\nlocation = "x"\n')
    lab.given("run/containers/auth.json",
              '{"auths":{"%s":{"auth":"%s"}}}' % (host, coded("file:" + users["file"])))
    nothing = f"echo '{NOT_FOUND}'; exit 1"
    for first, run, who in ((gives("first", users["first"]), "run", "first"),
                            (nothing, "run", "file"), (nothing, "nowhere", "last")):
        lab.again()
        helper(lab, "last", gives("last", users["last"]))
        env = {**helper(lab, "first", first), "CONTAINERS_REGISTRIES_CONF": conf,
               "XDG_RUNTIME_DIR": os.path.join(lab.folder, "given", run)}
        lab.export(app, env=env).ok().carries(app)
        same(users_seen(lab), {who}, "who asked")


@case("helper-has-no-answer")
def continues_anonymously_without_an_answer(lab):
    "a helper without credentials means anonymous access, named in an error"
    lab.wants_password(lab.registry)
    app, host = lab.image("app:1"), lab.registry.host
    env = helper(lab, "test", f"echo '{NOT_FOUND}'; exit 1")
    lab.docker_config({}, credHelpers={host: "test"})
    lab.export(app, env=env).fails("auth", hint="docker-credential-test has no")
    lab.wants_token(lab.registry)
    lab.tokens.handler.anonymous = None
    lab.export(app, env=env).fails("auth", hint="docker-credential-test has no")
    lab.tokens.handler.anonymous = ("push",)
    lab.export(app, env=env).fails("auth", hint="docker-credential-test has no")
    lab.registry.access = None
    lab.export(app, env=env).ok().carries(app)


@case("helper-has-no-answer", "helper-fails")
def fails_when_the_helper_fails(lab):
    "a helper that fails in any way ends the run and nothing is sent"
    lab.wants_password(lab.registry)
    app, host, secret = lab.image("app:1"), lab.registry.host, lab.secret()
    lab.docker_config({host: ("other", lab.secret())}, credHelpers={host: "test"})
    for script, says in (
            ("echo the store is locked; exit 1", "the store is locked"),
            (f"echo no answer from https://u:{secret}/x@vault/; exit 1", "https://***@vault/"),
            (f"echo {secret} >&2; exit 3", "exit status 3"),
            (gives("robot", secret) + "; exit 4", "exit status 4"),
            (f"echo {secret}", "not a JSON object"),
            (f"""echo '{{"Username":"u","Secrets":"{secret}"}}'""", "lacks"),
            ("exit 0", "not a JSON object"),
            ("kill -9 $$", "exit status 137"),
            ("head -c 100000000 /dev/zero", "65536 bytes"),
            ("printf 'a\\033[2Jb'; exit 1", "a\\x1b[2Jb")):
        lab.export(app, env=helper(lab, "test", script)).fails("auth", says)
    lab.docker_config({}, credHelpers={host: "absent"})
    lab.export(app).fails("auth", "docker-credential-absent, which is not installed",
                          hint="--creds-stdin")
    same(lab.log.authorized(), set(), "who saw credentials")


@case("helper-fails")
def tolerates_odd_helpers(lab):
    "helpers that print noise, ignore input or leave a daemon behind work"
    password = lab.wants_password(lab.registry)
    app, host = lab.image("app:1"), lab.registry.host
    lab.docker_config({}, credsStore="test")
    for script in (f"echo {password} >&2; {gives('robot', password)}",
                   f"exec <&-; {gives('robot', password)}",
                   f"(sleep 20) & {gives('robot', password)}",
                   f"test -z \"$SEALIFT_PASSPHRASE$COSIGN_PASSWORD\" && {gives('robot', password)}",
                   "test \"$(sh -c 'ls /proc/$$/fd' | tr '\\n' ' ')\" = '0 1 2 ' && "
                   f"{gives('robot', password)}"):
        lab.again()
        env = {**helper(lab, "test", script), "SEALIFT_PASSPHRASE": "x", "COSIGN_PASSWORD": "x"}
        lab.export(app, env=env).ok().carries(app)


@case("helper-name-invalid", "helper-has-no-answer")
def refuses_invalid_helper_names(lab):
    "names of helpers that are paths, options or empty are refused"
    app, host = lab.image("app:1"), lab.registry.host
    made = os.path.join(lab.folder, "given", "evil")
    lab.given("evil.sh", f"#!/bin/sh\ntouch {made}\n")
    for name in ("../evil.sh", "/bin/sh", "a/b", "-x", "", "..", "x;touch evil", "a b", "a" * 65):
        lab.docker_config({}, credHelpers={host: name})
        lab.export(app).fails("usage", host)
        if name:
            lab.docker_config({}, credsStore=name)
            lab.export(app).fails("usage", "credsStore")
    check(not os.path.exists(made), "it was run")
    same(lab.registry.count(), 0, "requests")


@case("helper-returns-identity-token")
def accepts_an_identity_token(lab):
    "a helper may return an identity token"
    lab.wants_token(lab.registry)
    secret = lab.secret("tokens")
    lab.tokens.handler.refresh_tokens.add(secret)
    app = lab.image("app:1")
    lab.docker_config({}, credsStore="test")
    lab.export(app, env=helper(lab, "test", gives("<token>", secret))).ok().carries(app)
    same([(e.method, e.header("Authorization")) for e in lab.tokens.find()], [("POST", None)],
         "how the token was asked for")


class Expiring(Basic):
    """Expired passwords are refused as ECR does it."""

    def __init__(self, users, expired):
        super().__init__(users)
        self.expired = expired

    def check(self, request):
        if coded(f"AWS:{self.expired}") in request.header("Authorization", ""):
            return Reply(403, "Your Authorization Token has expired. Reauthenticate and try "
                              "again.", "text/plain")
        return super().check(request)


def renewing(lab, old, new):
    """A helper that gives one, and another one from the second time on."""
    mark = os.path.join(lab.folder, "given", "second")
    return helper(lab, "test", f"if [ -e {mark} ]; then {gives('AWS', new)}; else "
                               f"touch {mark}; {gives('AWS', old)}; fi")


@case("helper-password-expired")
def asks_the_helper_again(lab):
    "expired credentials are requested from the helper once more"
    old, new = lab.secret("registry"), lab.secret("registry")
    lab.registry.access = Expiring({"AWS": new}, old)
    app, host = lab.image("app:1"), lab.registry.host
    lab.docker_config({}, credHelpers={host: "test"})
    lab.export(app, env=renewing(lab, old, new)).ok().carries(app)
    same(asked(lab), [f"get {host}"] * 2, "what the helper was asked")


@case("helper-password-expired")
def asks_the_helper_again_during_an_import(lab):
    "credentials that expire during an import are requested again"
    old, new = lab.secret("registry"), lab.secret("registry")
    lab.registry.access = Expiring({"AWS": old}, None)
    app, host = image("app:1", size=2 << 20), lab.registry.host

    def expire(_):
        lab.registry.access.users, lab.registry.access.expired = {"AWS": new}, old
    lab.registry.on("PATCH", "", then(expire, None), nth=1)
    lab.docker_config({}, credHelpers={host: "test"})
    lab.push(app, env=renewing(lab, old, new)).ok()
    lab.landed(app)
    same(asked(lab), [f"get {host}"] * 2, "what the helper was asked")


@case("helper-password-expired")
def fails_when_the_helper_has_nothing_new(lab):
    "unchanged credentials, or no helper, are an error with a hint"
    old = lab.secret("registry")
    lab.registry.access = Expiring({}, old)
    app, host = lab.image("app:1"), lab.registry.host
    lab.docker_config({}, credHelpers={host: "test"})
    lab.export(app, env=helper(lab, "test", gives("AWS", old))).fails(
        "auth", "the login has expired", hint=f"log in to {host} again")
    same(asked(lab), [f"get {host}"] * 2, "what the helper was asked")
    lab.docker_config({host: ("AWS", old)})
    lab.export(app).fails("auth", "the login has expired", hint=f"log in to {host} again")


@case("helper-password-expired")
def asks_the_helper_again_for_a_token(lab):
    "a token service that refuses expired credentials gets new ones"
    lab.wants_token(lab.registry)
    old, new = lab.secret("tokens"), lab.secret("tokens")
    lab.tokens.handler.users["AWS"] = new
    app, host = lab.image("app:1"), lab.registry.host
    lab.docker_config({}, credHelpers={host: "test"})
    lab.export(app, env=renewing(lab, old, new)).ok().carries(app)
    same(asked(lab), [f"get {host}"] * 2, "what the helper was asked")
    same(lab.tokens.count(), 2, "tokens asked for")


main()
