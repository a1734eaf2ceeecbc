# SPDX-License-Identifier: Apache-2.0
"""Logins: credentials are checked, kept where they are found again, and removed."""
import base64
import fcntl
import json
import os
import pty
import stat
import subprocess
import termios
import threading

from harness import *  # first: it knows the way to the others

from run import program

NOT_FOUND = "credentials not found in native keychain"


def coded(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def login(lab, password, *options, host=None, user="robot", **how):
    return lab.sealift("login", "-vv", "--json", "--progress", "none", "--ca-file",
                       lab.authority.ca, "-u", user, "--password-stdin", *options,
                       host or lab.registry.host, stdin=password.encode() + b"\n", **how)


def logout(lab, *options, host=None, **how):
    return lab.sealift("logout", "-vv", "--json", "--progress", "none", *options,
                       host or lab.registry.host, **how)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def given(lab, *names):
    return os.path.join(lab.folder, "given", *names)


def auth_of(path, host):
    return read(path)["auths"].get(host, {}).get("auth")


# ---- checking and keeping ----

@case("login-checks")
def checks_and_keeps_a_password(lab):
    "a password is checked with Basic or a token server, and other commands find it"
    for wants in (lab.wants_password, lab.wants_token):
        lab.again()
        password = wants(lab.registry)
        path = given(lab, wants.__name__, "auth.json")
        run = login(lab, password, "--authfile", path).ok()
        same((run.json["registry"], run.json["user"], run.json["file"]),
             (lab.registry.host, "robot", path), "result")
        run.says("stored unencrypted")
        same(auth_of(path, lab.registry.host), coded("robot", password), "entry")
        same(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        lab.again()
        app = lab.image("app:1")
        lab.export("--authfile", path, app).ok().carries(app)
        lab.export("--force", app, env={"REGISTRY_AUTH_FILE": path}).ok()
    same({scope for _, scopes in lab.tokens.handler.granted[:1] for scope in scopes}, set(),
         "scopes of a login")


@case("login-refused")
def keeps_nothing_that_is_refused(lab):
    "a refused password is an error, and nothing is written"
    for wants in (lab.wants_password, lab.wants_token):
        lab.again()
        wants(lab.registry)
        path = given(lab, "none.json")
        login(lab, lab.secret("registry", "tokens"), "--authfile", path).fails(
            "auth", "refused", reason="login")
        check(not os.path.exists(path), "a file was written")
    lab.again()
    lab.registry.on("GET", "/v2/$", status(404))
    login(lab, lab.secret(), "--authfile", path).fails("protocol", "not a registry")
    lab.again()
    login(lab, "", "--authfile", path).fails("usage", "empty")
    login(lab, lab.secret(), "--authfile", path, user="a:b").fails("usage", "user name")
    secret = lab.secret()
    login(lab, "", "--authfile", path, host=f"robot:{secret}@{lab.registry.host}").fails("usage")
    login(lab, "", "--authfile", path, host=f"{lab.registry.host}/team").fails(
        "usage", "expected HOST or HOST:PORT")
    check(not os.path.exists(path), "a file was written")


@case("login-checks")
def warns_where_nothing_was_asked(lab):
    "a registry that asks for no password is logged in to, with a warning"
    path = given(lab, "auth.json")
    login(lab, lab.secret(), "--authfile", path).ok().says("was not checked")


@case("login-plain-http")
def withholds_passwords_over_plain_http(lab):
    "a password is not sent over plain HTTP unless that is allowed"
    lab.proxied = True
    plain = lab.origin("plain", "127.0.0.8", Registry, tls=False).name_it("plain.example.com")
    password = lab.wants_password(plain)
    lab.secrets[password].add("proxy")  # which sees all of plain HTTP
    path = given(lab, "auth.json")
    run = login(lab, password, "--authfile", path, "--retries", "0", host="plain.example.com")
    check(run.status != 0, "it succeeded")
    same(lab.log.saw(password), set(), "who saw the password")
    check(not os.path.exists(path), "a file was written")
    lab.again()
    login(lab, password, "--authfile", path, "--plain-http", "plain.example.com",
          host="plain.example.com").ok()


# ---- the file ----

@case("login-file")
def keeps_everything_else_in_the_file(lab):
    "other entries and members keep their meaning and order, and a link stays a link"
    password, host = lab.wants_password(lab.registry), lab.registry.host
    before = {"detachKeys": "ctrl-e,e", "auths": {
        "a.example.com": {"auth": coded("a", "\u00e4\u2028"), "email": "x@y"},
        f"https://{host}/v2/": {"auth": coded("old", "old"), "identitytoken": "t"},
        f"{host}/team": {"auth": coded("team", "t")}, host: {},
        "quay.io": {}}, "HttpHeaders": {"X": "\\ \" /"}, "n": [1, 2.5, None, True, 9007199254740993],
        "credHelpers": {"gcr.io": "gcloud"}}
    target = lab.given("real/config.json", json.dumps(before, ensure_ascii=False))
    os.chmod(target, 0o644)
    link = given(lab, "link.json")
    os.symlink("real/config.json", link)
    login(lab, password, "--authfile", link).ok()
    check(os.path.islink(link), "the link is there")
    after = read(target)
    want = {**before, "auths": {key: value for key, value in before["auths"].items()
                                if key not in (host, f"https://{host}/v2/")}}
    want["auths"][host] = {"auth": coded("robot", password)}
    same(after, want, "content")
    same(list(after), list(before), "order of members")
    same(list(after["auths"]), ["a.example.com", host, f"{host}/team", "quay.io"],
         "order of entries")
    same(stat.S_IMODE(os.stat(target).st_mode), 0o600, "mode")
    same(os.listdir(os.path.dirname(target)), ["config.json"], "files beside it")
    logout(lab, "--authfile", link).ok()
    del want["auths"][host]
    same(read(target), want, "content after a logout")


@case("login-file")
def leaves_a_malformed_file_alone(lab):
    "a malformed file is an error that quotes nothing of it, and stays as it is"
    password = lab.wants_password(lab.registry)
    secret = lab.secret()
    for text in ('{"auths":{"x":{"auth":"%s"' % secret, '{"auths":[]}', "[]", '{"a":1,"a":2}'):
        path = lab.given("bad.json", text)
        login(lab, password, "--authfile", path).fails("usage", "bad.json")
        with open(path, encoding="utf-8") as file:
            same(file.read(), text, "the file")
    path = lab.given("empty.json", "")
    login(lab, password, "--authfile", path).ok()
    os.symlink("nowhere", given(lab, "dangling"))
    login(lab, password, "--authfile", given(lab, "dangling")).fails("local", "link")


@case("login-concurrent")
def keeps_the_entries_of_logins_at_once(lab):
    "logins at the same time wait for each other, and none is lost"
    lab.repeats_allowed = True
    path = given(lab, "auth.json")
    passwords = {origin.host: lab.wants_password(origin) for origin in (lab.registry, lab.other)}
    hosts = list(passwords) * 4
    barrier, statuses = threading.Barrier(len(hosts)), []
    def one(host):
        barrier.wait()
        done = subprocess.run(
            [program("sealift"), "login", "-q", "--ca-file", lab.authority.ca, "-u", "robot",
             "--password-stdin", "--authfile", path, host], input=passwords[host].encode(),
            env=lab.environment({}), capture_output=True, check=False)
        statuses.append(done.returncode)
    threads = [threading.Thread(target=one, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(statuses, [0] * len(hosts), "exit statuses")
    same({host: auth_of(path, host) for host in passwords},
         {host: coded("robot", password) for host, password in passwords.items()}, "entries")
    same(os.listdir(os.path.dirname(path)), ["auth.json"], "files beside it")


@case("login-concurrent")
def waits_for_a_locked_folder(lab):
    "a change of the file waits while another process has its folder locked"
    host = lab.registry.host
    path = lab.given("auth.json", json.dumps({"auths": {host: {"auth": coded("x", "y")}}}))
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)

    def started(process):
        try:
            process.wait(1.5)
        except subprocess.TimeoutExpired:
            pass
        same(process.poll(), None, "exit status while the folder is locked")
        same(auth_of(path, host), coded("x", "y"), "entry meanwhile")
        os.close(fd)
    logout(lab, "--authfile", path, started=started).ok()
    same(auth_of(path, host), None, "entry")


# ---- places ----

@case("login-places")
def uses_the_places_of_podman(lab):
    "the file is that of the option, the variables, or podman, in that order"
    password, host = lab.wants_password(lab.registry), lab.registry.host
    run_file = given(lab, "run", "containers", "auth.json")
    env = {"XDG_RUNTIME_DIR": given(lab, "run"), "HOME": given(lab, "home")}
    login(lab, password, env=env).ok()
    same(auth_of(run_file, host), coded("robot", password), "in podman's file")
    same(stat.S_IMODE(os.stat(os.path.dirname(run_file)).st_mode), 0o700, "mode of the folder")
    logout(lab, env=env).ok()
    docker = {**env, "DOCKER_CONFIG": given(lab, "docker")}
    login(lab, password, env=docker).ok()
    same(auth_of(given(lab, "docker", "config.json"), host), coded("robot", password),
         "in docker's file")
    named = {**docker, "REGISTRY_AUTH_FILE": given(lab, "named", "auth.json")}
    login(lab, password, env=named).ok()
    same(auth_of(given(lab, "named", "auth.json"), host), coded("robot", password), "in the named")
    login(lab, password, "--authfile", given(lab, "mine.json"), env=named).ok()
    same(auth_of(given(lab, "mine.json"), host), coded("robot", password), "in the option's")


@case("login-places")
def uses_the_key_that_docker_finds(lab):
    "in docker's own file Docker Hub has docker's key, elsewhere podman's"
    lab.proxied = True
    lab.registry.name_it("registry-1.docker.io")
    password = lab.wants_password(lab.registry)
    env = {"DOCKER_CONFIG": given(lab, "docker")}
    login(lab, password, host="docker.io", env=env).ok()
    path = given(lab, "docker", "config.json")
    same(list(read(path)["auths"]), ["https://index.docker.io/v1/"], "keys for docker")
    logout(lab, host="index.docker.io", env=env).ok()
    same(read(path)["auths"], {}, "keys after a logout")
    path = given(lab, "auth.json")
    login(lab, password, "--authfile", path, host="docker.io").ok()
    same(list(read(path)["auths"]), ["docker.io"], "keys for podman")


@case("login-shadowed")
def warns_of_other_credentials(lab):
    "credentials that are found before, or remain after a logout, are pointed out"
    password, host = lab.wants_password(lab.registry), lab.registry.host
    env = {"XDG_RUNTIME_DIR": given(lab, "run"), "DOCKER_CONFIG": given(lab, "docker")}
    lab.given("run/containers/auth.json", json.dumps({"auths": {host: {"auth": coded("x", "y")}}}))
    login(lab, password, env=env).ok().says("are found first: in")
    run = logout(lab, env=env).ok()
    run.says("are still used: in")
    run = logout(lab, env=env).fails("not-found", f"has no credentials for {host}")
    run.says("are still used: in")


# ---- helpers ----

def helper(lab):
    """docker-credential-safe keeps one password in a file of given/; its PATH."""
    safe = given(lab, "safe")
    path = lab.given("bin/docker-credential-safe", f"""#!/bin/sh
case $1 in
store) cat >'{safe}' ;;
get) cat >/dev/null; cat '{safe}' 2>/dev/null || {{ echo '{NOT_FOUND}'; exit 1; }} ;;
erase) cat >/dev/null; rm '{safe}' ;;
esac
""")
    os.chmod(path, 0o700)
    return {"PATH": f"{os.path.dirname(path)}:{os.environ['PATH']}"}


@case("login-helper")
def keeps_passwords_in_a_helper(lab):
    "a helper that is configured gets the password, and the file loses its own"
    password, host = lab.wants_password(lab.registry), lab.registry.host
    env = helper(lab)
    for more in ({"credsStore": "safe"}, {"credHelpers": {host: "safe"}}):
        path = lab.docker_config({host: ("old", "old"), "a.example.com": ("a", "a")}, **more)
        run = login(lab, password, env=env).ok()
        same(run.json["helper"], "safe", "helper")
        run.silent_about("unencrypted")
        same(read(given(lab, "safe")),
             {"ServerURL": host, "Username": "robot", "Secret": password}, "what it got")
        same(list(read(path)["auths"]), ["a.example.com"], "entries of the file")
        lab.again()
        app = lab.image("app:1")
        lab.export(app, env=env).ok().carries(app)
        logout(lab, env=env).ok()
        check(not os.path.exists(given(lab, "safe")), "the helper has it still")
        logout(lab, env=env).fails("not-found", "docker-credential-safe has no credentials")
    login(lab, password, env={"PATH": os.environ["PATH"]}).fails("auth", "not installed",
                                                                 reason="no-helper")


@case("login-helper")
def uses_the_helper_of_podman(lab):
    "a helper that registries.conf lists first is used"
    password = lab.wants_password(lab.registry)
    conf = lab.given("registries.conf", 'credential-helpers = ["safe"]\n')
    env = {**helper(lab), "CONTAINERS_REGISTRIES_CONF": conf}
    login(lab, password, env=env).ok()
    same(read(given(lab, "safe"))["Secret"], password, "what it got")
    logout(lab, env=env).ok()
    check(not os.path.exists(given(lab, "safe")), "the helper has it still")


@case("login-helper")
def reports_a_failing_helper(lab):
    "a helper that fails to store is an error, without the password"
    password = lab.wants_password(lab.registry)
    path = lab.given("bin/docker-credential-bad", "#!/bin/sh\ncat; exit 1\n")
    os.chmod(path, 0o700)
    lab.docker_config({}, credsStore="bad")
    env = {"PATH": f"{os.path.dirname(path)}:{os.environ['PATH']}"}
    login(lab, password, env=env).fails("auth", "store of")
    lab.registry.access.users["robot"] = long = "x" * 5000
    login(lab, long, env=env).fails("limit", "too long")


# ---- logout, prompts ----

@case("logout-nothing")
def reports_that_there_is_nothing(lab):
    "a logout without credentials is an error that names the file, and changes nothing"
    host = lab.registry.host
    logout(lab, "--authfile", given(lab, "no", "auth.json")).fails("not-found", host)
    check(not os.path.exists(given(lab, "no")), "a folder was made")
    path = lab.given("auth.json", '{"auths":{"%s/team":{"auth":"YTpi"}}}' % host)
    logout(lab, "--authfile", path).fails("not-found", path)
    with open(path, encoding="utf-8") as file:
        check(file.read().startswith('{"auths":{"'), "the file was written")


@case("login-prompts")
def prompts_on_the_terminal(lab):
    "user name and password are prompted for, the password without echo"
    password = lab.wants_password(lab.registry)
    path = given(lab, "auth.json")
    master, slave = pty.openpty()
    shown = b""

    def terminal():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    def until(text):
        nonlocal shown
        while text not in shown:
            shown += os.read(master, 1000)

    def started(_):
        until(b"user name for ")
        os.write(master, b"robot\n")
        until(b"password for ")
        os.write(master, password.encode() + b"\n")
    run = lab.sealift("login", "--json", "--progress", "none", "--ca-file", lab.authority.ca,
                      "--authfile", path, lab.registry.host, limit=terminal, started=started)
    os.close(slave)
    run.ok()
    check(password.encode() not in shown, "the password was echoed")
    same(auth_of(path, lab.registry.host), coded("robot", password), "entry")
    os.close(master)


@case("login-prompts")
def requires_both_without_a_terminal(lab):
    "without a terminal user name and password are required"
    for options in ((), ("-u", "robot"), ("--password-stdin",)):
        run = lab.sealift("login", "--json", *options, lab.registry.host, limit=os.setsid)
        run.fails("usage", "--username and --password-stdin are required")


main()
