# SPDX-License-Identifier: Apache-2.0
"""Running sealift in a lab, and looking at what came of it."""
import base64
import json
import os
import subprocess
import tarfile

import invariants

KINDS = {1: "internal", 2: "usage", 3: "auth", 4: "network", 5: "protocol", 6: "integrity",
         7: "trust", 8: "local", 9: "not-found", 10: "partial",
         11: "limit", 12: "conflict", 13: "differ"}
TIMEOUT_S = 60


class Failed(Exception):
    """A test found something to be wrong."""


class Skipped(Exception):
    """A test cannot run here; the text says why."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def same(got, want, what):
    if got != want:
        raise Failed(f"{what}: want {want!r}, got {got!r}")


def program(name):
    if name == "sealift" and os.environ.get("SEALIFT"):
        return os.environ["SEALIFT"]  # another one to test, such as the static one
    return os.path.join(os.environ.get("abs_top_builddir", os.getcwd()), name)


class Run:
    """One finished run."""

    def __init__(self, lab, argv, process, path):
        self.lab = lab
        self.argv = argv
        self.status = process.returncode
        self.out, self.err = (text.decode("utf-8", "surrogateescape")
                              for text in (process.stdout, process.stderr))
        self.path = path    # of the bundle
        try:
            self.json = json.loads(self.out)
        except ValueError:
            self.json = None

    def ok(self):
        same(self.status, 0, "exit status")
        return self

    def fails(self, kind, says=None, reason=None, hint=None):
        """It failed: the kind of error, and text that must be in its message or hint."""
        same(KINDS.get(self.status, self.status), kind, "kind of the failure")
        error = self.json["error"]
        if reason is not None:
            same(error.get("reason"), reason, "reason")
        if says is not None:
            check(says in error["message"], f"the message lacks {says!r}: {error['message']}")
        if hint is not None:
            check(hint in error.get("hint", ""), f"the hint lacks {hint!r}: {error.get('hint')}")
        return self

    def says(self, text):
        check(text in self.err, f"standard error lacks {text!r}")
        return self

    def silent_about(self, text):
        check(text not in self.out + self.err, f"{text!r} was printed")
        return self

    def objects(self):
        """digest -> bytes, out of the bundle."""
        found = {}
        with tarfile.open(self.path) as tar:
            for member in tar:
                if member.name.startswith("blobs/"):
                    digest = member.name.removeprefix("blobs/").replace("/", ":")
                    found[digest] = tar.extractfile(member).read()
        return found

    def carries(self, *pictures):
        """The bundle has exactly the objects of these, byte for byte."""
        want = {}
        for picture in pictures:
            want.update(picture.bytes_of())
        got = self.objects()
        same(sorted(got), sorted(want), "objects in the bundle")
        for digest, data in want.items():
            check(got[digest] == data, f"{digest} has other bytes in the bundle")
        return self

    def __str__(self):
        lines = ["$ sealift " + " ".join(self.argv[1:]), f"exit {self.status}"]
        lines += ["out: " + line for line in self.out.splitlines()[:20]]
        lines += ["err: " + line for line in self.err.splitlines()[:40]]
        return "\n".join(lines)


class Runner:
    """The part of a lab that runs sealift."""

    def __init__(self, folder, mill):
        self.folder = folder
        self.mill = mill
        self.runs = []
        self.repeats_allowed = False  # the case makes the client ask for a blob twice
        self.program = "sealift"
        self.proxied = False          # https_proxy names lab.proxy
        self.pid = None               # of sealift while it runs
        self.killed = False           # the test has sent it a SIGKILL
        self.command_lines = set()    # what /proc said of it whenever it asked something
        self.watch = self._look_at_process
        for name in ("home", "tmp", "out", "given"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)

    def given(self, name, data):
        """A file that the test gives to sealift; secrets may be in it.  Its path."""
        path = os.path.join(self.folder, "given", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        os.chmod(path, 0o600)
        return path

    def docker_config(self, auths, **more):
        """config.json: {host: (user, password) or the fields of an entry}; DOCKER_CONFIG is set."""
        entries = {host: {"auth": base64.b64encode(":".join(entry).encode()).decode()}
                   if isinstance(entry, tuple) else entry for host, entry in auths.items()}
        return self.given("docker/config.json", json.dumps({"auths": entries, **more}))

    def environment(self, more):
        path = os.path.join(self.folder, "given", "docker")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": self._at("home"),
               "XDG_RUNTIME_DIR": self._at("home"), "TMPDIR": self._at("tmp")}
        env.update({name: os.environ[name] for name in os.environ
                    if name.endswith("SAN_OPTIONS") or name == "LD_LIBRARY_PATH"})
        if os.path.isdir(path):
            env["DOCKER_CONFIG"] = path
        if self.proxied:
            env["https_proxy"] = env["http_proxy"] = f"http://{self.proxy.host}"
        env.update(more)
        return {name: value for name, value in env.items() if value is not None}

    def _look_at_process(self, _):
        try:
            with open(f"/proc/{self.pid}/cmdline", "rb") as file:
                self.command_lines.add(file.read())
        except OSError:  # no /proc here, or it has ended
            pass

    def _at(self, *names):
        return os.path.join(self.folder, *names)

    def sealift(self, *argv, env=None, stdin=b"", path=None, timeout=TIMEOUT_S, started=None,
                limit=None):
        """Run it.  started(process) is called while it runs, limit() in it before it begins."""
        argv = [program(self.program), *argv]
        before, mark = set(os.listdir(self._at("out"))), len(self.log.find())
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment(env or {}),
                                   cwd=self._at("out"), preexec_fn=limit)
        self.pid = process.pid
        try:
            if started:
                started(process)
            out, err = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += f"\nit did not end within {timeout} s".encode()
        process.stdout, process.stderr = out, err
        run = Run(self, argv, process, path)
        self.runs.append(run)
        try:
            invariants.check_all(self, run, before, mark)
        except invariants.Broken as why:
            raise Failed(str(why)) from why
        return run

    def again(self):
        """From the start: no rules, no requests, no output."""
        for origin in self.origins():
            origin.rules.clear()
        self.log.forget()
        for name in os.listdir(self._at("out")):
            os.unlink(self._at("out", name))

    def export(self, *sources, jobs=4, ca=None, **how):
        """sealift export of pictures or references, with more options among them."""
        words = [getattr(source, "ref", source) for source in sources]
        path = self._at("out", "images.tar")
        report = self._at("report.json")
        return self.sealift("export", "-vv", "--json", "--report", report, "--progress", "none",
                            "-j", str(jobs), "--unsigned", "-o", path, "--ca-file",
                            ca or self.authority.ca, *words, path=path, **how)

    def bundle(self, *pictures):
        """A bundle of these, made elsewhere without any fault."""
        return self.mill.bundle(pictures)

    def push(self, *pictures, to=None, prefix="mirror", options=(), jobs=4, **how):
        """sealift import of a bundle of these to lab.registry; app:1 lands as mirror/app:1."""
        target = (to or self.registry).host + (f"/{prefix}" if prefix else "")
        return self.sealift("import", "-vv", "--json", "--report", self._at("report.json"),
                            "--progress", "none", "-j", str(jobs), "--insecure-skip-verify",
                            "--strip-host", "--ca-file", self.authority.ca, *options,
                            self.bundle(*pictures), target, **how)

    def copy(self, *sources, to=None, prefix="mirror", options=(), jobs=4, **how):
        """sealift copy of pictures or references to lab.registry; app:1 lands as mirror/app:1.
        With to=() the options say where to."""
        words = [getattr(source, "ref", source) for source in sources]
        if to != ():
            words.append((to or self.registry).host + (f"/{prefix}" if prefix else ""))
        return self.sealift("copy", "-v", "--json", "--report", self._at("report.json"),
                            "--progress", "none", "-j", str(jobs), "--strip-host",
                            "--ca-file", self.authority.ca, *options, *words, **how)

    def list(self, what, *options, **how):
        """sealift list of a picture, an origin, or a word, as JSON unless --raw is among them."""
        word = getattr(what, "ref", None) or getattr(what, "host", what)
        form = () if "--raw" in options or "--text" in options else ("--json",)
        options = [option for option in options if option != "--text"]
        return self.sealift("list", "-vv", *form, "--progress", "none", "--ca-file",
                            self.authority.ca, *options, word, **how)

    def diff(self, a, b, *options, skip=True, **how):
        """sealift diff of paths or words, as JSON; without signatures unless skip is false."""
        words = [getattr(word, "ref", word) for word in (a, b)]
        return self.sealift("diff", "-v", "--json", "--progress", "none", "--ca-file",
                            self.authority.ca, *(["--insecure-skip-verify"] if skip else []),
                            *options, *words, **how)

    def landed(self, picture, at=None, prefix="mirror"):
        """All of a picture is at the target, and the tag points to it."""
        store, name = (at or self.registry).store, f"{prefix}/{picture.repo}"
        repo = store.repo(name)
        same(repo.tags.get(picture.tag), picture.top.digest, f"the tag {name}:{picture.tag}")
        for document in picture.documents:
            same(repo.manifests.get(document.digest, (None,))[0], document.data,
                 f"manifest {document.digest}")
        for blob in picture.blobs:
            check(repo.blobs.get(blob.digest) == b"".join(blob.pieces), f"blob {blob.digest}")

    def story(self):
        """Runs and requests, shown when a test fails."""
        log = str(self.log).splitlines()
        return "\n".join([*map(str, self.runs[-2:]), "requests:", *log[-60:]])
