# SPDX-License-Identifier: Apache-2.0
"""scenes.py - the commands that get faults injected, and what must hold afterwards."""
import filecmp
import hashlib
import json
import os
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path


class Broken(Exception):
    """A promise was broken."""


def run(argv, folder):
    process = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    return process.returncode, process.stderr.decode(errors="replace").strip()


class Export:
    """Export into an empty folder or, with --force, over an older bundle."""

    publishes = True
    faults_min = 11  # that a run with a fault at each place meets

    def __init__(self, name, program, reference, calm, old=None):
        self.name = name
        self.program = program
        self.reference = reference
        self.calm = calm  # the bundle of a run without faults
        self.old = old    # the bundle before the run, or None

    def command(self, folder):
        force = ["--force"] if self.old else []
        return [self.program, "export", "-q", "-j1", "--retries=1", "--unsigned", *force,
                f"--plain-http={self.reference.split('/')[0]}",
                "-o", str(folder / "carrier" / "b.tar"), self.reference]

    def prepare(self, folder):
        (folder / "carrier").mkdir()
        if self.old:
            shutil.copy(self.old, folder / "carrier" / "b.tar")

    @staticmethod
    def begins(line):
        return "b.tar.partial" in line and "O_CREAT" in line

    @staticmethod
    def _is_one_of(bundle, allowed):
        if not any(filecmp.cmp(bundle, one, shallow=False) for one in allowed):
            raise Broken("the final name is neither the old nor the new bundle")

    def check(self, folder, status):
        bundle = folder / "carrier" / "b.tar"
        left = {path.name for path in (folder / "carrier").iterdir()} - {"b.tar"}
        if left - {"b.tar.partial", "b.tar.partial.old"}:
            raise Broken(f"left behind: {left}")
        if status == 0 and (left or not bundle.exists()):
            raise Broken(f"exit 0, and the folder has {sorted(left)} and no bundle")
        if self.old and not bundle.exists():
            raise Broken("the old bundle is gone")
        if bundle.exists():
            self._is_one_of(bundle, [self.old, self.calm] if status and self.old else [self.calm])

    def again(self, folder, status):
        bundle = folder / "carrier" / "b.tar"
        if self.old or not bundle.exists():
            again, said = run(self.command(folder), folder)
            if again != 0:
                raise Broken(f"the same command afterwards: exit {again}, {said}")
        self._is_one_of(bundle, [self.calm])
        left = sorted(path.name for path in (folder / "carrier").iterdir())
        if left != ["b.tar"]:
            raise Broken(f"after the same command there is {left}")


class Import:
    """Import into a new repository in each run."""

    name = "import"
    publishes = False
    faults_min = 11

    def __init__(self, program, bundle, target, repository, digest):
        self.program = program
        self.bundle = bundle
        self.target = target
        self.repository = repository
        self.digest = digest
        self._lock = threading.Lock()
        self._count = 0
        self._places = {}

    def prepare(self, folder):
        with self._lock:
            self._count += 1
            self._places[folder] = f"n{self._count}"

    def command(self, folder):
        return [self.program, "import", "-q", "-j1", "--retries=1", "--insecure-skip-verify",
                f"--plain-http={self.target}", "--strip-host", str(self.bundle), f"{self.target}/{self._places[folder]}"]

    @staticmethod
    def begins(line):
        return "socket(" in line

    def _tag(self, folder):
        """Digest of the tag at the target, or None."""
        url = f"http://{self.target}/v2/{self._places[folder]}/{self.repository}/manifests/v1"
        accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
        try:
            with urllib.request.urlopen(
                    urllib.request.Request(url, headers={"Accept": accept})) as answer:
                return hashlib.sha256(answer.read()).hexdigest()
        except urllib.error.HTTPError as why:
            if why.code == 404:
                return None
            raise

    def check(self, folder, status):
        tag = self._tag(folder)
        if tag not in (None, self.digest) or (status == 0 and tag is None):
            raise Broken(f"exit {status}, and the tag holds {tag}")

    def again(self, folder, _status):
        again, said = run(self.command(folder), folder)
        if again != 0:
            raise Broken(f"the same command afterwards: exit {again}, {said}")
        if self._tag(folder) != self.digest:
            raise Broken("the tag is not there after the same command")


class Logout:
    """Remove one of two entries from a credentials file."""

    name = "logout"
    publishes = False
    faults_min = 8
    BEFORE = {"auths": {"a.example": {"auth": "YTph"}, "b.example": {"auth": "Yjpi"}}, "x": 1}
    AFTER = {"auths": {"b.example": {"auth": "Yjpi"}}, "x": 1}

    def __init__(self, program):
        self.program = program

    def prepare(self, folder):
        (folder / "auth").mkdir()
        (folder / "auth" / "auth.json").write_text(json.dumps(self.BEFORE))

    def command(self, folder):
        return [self.program, "logout", "-q", f"--authfile={folder / 'auth' / 'auth.json'}",
                "a.example"]

    @staticmethod
    def begins(line):
        return "auth.json" in line and "openat" in line

    @staticmethod
    def _content(folder):
        return json.loads((folder / "auth" / "auth.json").read_text())

    def check(self, folder, status):
        if self._content(folder) not in (self.BEFORE, self.AFTER):
            raise Broken("the file is neither the old nor the new one")
        if status == 0 and self._content(folder) != self.AFTER:
            raise Broken("exit 0, and the entry is still there")

    def again(self, folder, _status):
        was_done = self._content(folder) == self.AFTER
        again, said = run(self.command(folder), folder)
        if again != (9 if was_done else 0):
            raise Broken(f"the same command afterwards: exit {again}, {said}")
        left = sorted(path.name for path in (folder / "auth").iterdir())
        if self._content(folder) != self.AFTER or (not was_done and left != ["auth.json"]):
            raise Broken(f"after the same command there is {left}")


def all(work, program, source, target):
    """The scenes, one after the other."""
    os.environ["SOURCE_DATE_EPOCH"] = "1767225600"  # the same bytes each time
    new, old = f"{source}/fleet/image000:v1", f"{source}/fleet/image001:v1"
    for name, reference in (("old", old), ("new", new)):
        bundle = work / f"{name}.tar"
        subprocess.run([program, "export", "-q", "--unsigned", "-o", bundle, reference], check=True)
        subprocess.run([program, "verify", "-q", "--insecure-skip-verify", bundle], check=True)
    with urllib.request.urlopen(urllib.request.Request(
            f"http://{source}/v2/fleet/image000/manifests/v1",
            headers={"Accept": "application/vnd.oci.image.index.v1+json, "
                               "application/vnd.oci.image.manifest.v1+json"})) as answer:
        digest = hashlib.sha256(answer.read()).hexdigest()
    yield Export("export", program, new, work / "new.tar")
    yield Export("export --force", program, new, work / "new.tar", old=work / "old.tar")
    yield Import(program, Path(work, "new.tar"), target, "fleet/image000", digest)
    yield Logout(program)
