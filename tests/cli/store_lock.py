#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes of one trust store come one after the other: each waits for the lock, and reads the
store only then, so that no change is lost.  Nothing here waits for time, only for the lock."""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

BUILD = os.environ.get("abs_top_builddir") or os.getcwd()
SOURCE = os.environ.get("abs_top_srcdir") or os.path.join(os.path.dirname(__file__), "..", "..")
sys.path.insert(0, os.path.join(SOURCE, "tests", "crash"))
from tap import Tap  # noqa: E402

SEALIFT = os.environ.get("SEALIFT") or os.path.join(BUILD, "sealift")
LIMIT = 60  # seconds, after which something is taken for stuck
OTHER = "key:" + 64 * "5"  # revoked by another run meanwhile


def run(*words):
    subprocess.run([SEALIFT, *words], check=True, stdout=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL)


def opened(process, path):
    """Whether it has reached the lock; fails when it ends without."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError("it did not wait for the lock")
        folder = f"/proc/{process.pid}/fd"
        try:
            if path in [os.readlink(os.path.join(folder, n)) for n in os.listdir(folder)]:
                return
        except FileNotFoundError:
            continue
        time.sleep(0.005)
    raise AssertionError("it does not get to the lock")


def start(*words):
    return subprocess.Popen([SEALIFT, "trust", *words, "--trust", "store"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)


def finish(process):
    error = process.communicate(timeout=LIMIT)[1]
    return process.returncode, error


def fresh():
    shutil.rmtree("store", ignore_errors=True)
    run("trust", "policy", "--trust", "store", "--stream", "prod", "--signers",
        "alice.pub,bob.pub", "--threshold", "1")
    shutil.copy("spare.pub", "store/keys/spare.pub")


def revoke_meanwhile():
    with open("store/revoked", "a", encoding="ascii") as file:
        file.write(OTHER + "\n")


def policy_meanwhile():
    """Another policy: version 5, in which the spare key has a signer."""
    with open("store/policy.json", encoding="ascii") as file:
        policy = json.load(file)
    policy["version"] = 5
    policy["signers"]["spare"] = {"keys": ["spare.pub"]}
    with open("store/new.json", "w", encoding="ascii") as file:
        json.dump(policy, file)
    os.rename("store/new.json", "store/policy.json")


def waits(words, done, meanwhile=revoke_meanwhile, ends=0):
    """The change waits while another run holds the lock, and begins with what that left."""
    def case():
        fresh()
        with open("store/lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = start(*words)
            try:
                opened(process, os.path.realpath("store/lock"))
                if done():
                    raise AssertionError("it did not wait")
                meanwhile()
            except AssertionError:
                process.kill()
                process.communicate()
                raise
        status, error = finish(process)
        if status != ends:
            raise AssertionError(f"{status}: {error}")
        if not done():
            raise AssertionError("not the expected store")
        if meanwhile == revoke_meanwhile and OTHER not in revoked_text():
            raise AssertionError("it lost what another run wrote")
    return case


def version():
    with open("store/policy.json", encoding="ascii") as file:
        return json.load(file)["version"]


def two_updates():
    """Both are of the next version: one is applied, and the other refused."""
    fresh()
    names = ["update-1.json", "update-2.json"]
    with open("store/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        both = [start("apply", name) for name in names]
        for process in both:
            opened(process, os.path.realpath("store/lock"))
    ends = [finish(process) for process in both]
    if sorted(status for status, _ in ends) != [0, 2]:
        raise AssertionError(f"{ends}")
    with open("store/policy.json", encoding="ascii") as file:
        days = json.load(file)["streams"]["prod"]["max_age_days"]
    if ends[days - 1][0] != 0:
        raise AssertionError(f"the policy is of update {days}: {ends}")


def revoked_at_once():
    """None of many revocations is lost."""
    fresh()
    lines = [f"key:{number:064x}" for number in range(1, 9)]
    for process in [start("revoke", line) for line in lines]:
        status, error = finish(process)
        if status != 0:
            raise AssertionError(f"{status}: {error}")
    with open("store/revoked", encoding="ascii") as file:
        if sorted(file.read().split()) != lines:
            raise AssertionError("lines are missing")


def revoked_text():
    try:
        with open("store/revoked", encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return ""


LINE = "key:" + 64 * "7"
CASES = [
    ("add waits", waits(["add", "carol.pub"], lambda: os.path.exists("store/keys/carol.pub"))),
    ("remove waits", waits(["remove", "spare"],
                           lambda: not os.path.exists("store/keys/spare.pub"))),
    ("remove sees that a policy names the key now",
     waits(["remove", "spare"],
           lambda: version() == 5 and os.path.exists("store/keys/spare.pub"),
           policy_meanwhile, 2)),
    ("revoke waits", waits(["revoke", LINE], lambda: LINE in revoked_text())),
    ("policy waits", waits(["policy", "--stream", "dev", "--signers", "alice", "--update"],
                           lambda: version() == 2)),
    ("policy follows the version in force now",
     waits(["policy", "--stream", "dev", "--signers", "alice", "--update"],
           lambda: version() == 6, policy_meanwhile)),
    ("apply waits", waits(["apply", "update-1.json"], lambda: version() == 2)),
    ("apply sees the version in force now",
     waits(["apply", "update-1.json"], lambda: version() == 5, policy_meanwhile, 2)),
    ("of two updates at once one is applied", two_updates),
    ("of revocations at once none is lost", revoked_at_once),
]


def prepare():
    for name in ("alice", "bob", "carol", "spare"):
        run("keygen", "--type", "ed25519", "--no-passphrase", name)
    for days in ("1", "2"):
        fresh()
        run("trust", "policy", "--trust", "store", "--stream", "prod", "--signers", "alice,bob",
            "--threshold", "2", "--max-age-days", days, "--update")
        with open("store/revoked", "w", encoding="ascii") as file:
            file.write("key:" + 64 * "9" + "\n")
        run("trust", "export", "--trust", "store", "-o", f"update-{days}.json")
        run("trust", "sign", "--key", "alice.key", f"update-{days}.json")


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="sealift-test.")
    os.umask(0o022)
    try:
        os.chdir(folder)
        prepare()
        for name, case in CASES:
            try:
                case()
                tap.say(name, [])
            except (AssertionError, OSError, subprocess.SubprocessError):
                tap.say(name, traceback.format_exc().splitlines())
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
