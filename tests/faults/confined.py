# SPDX-License-Identifier: Apache-2.0
"""The process that parses a bundle has no secrets and no other resources."""
import base64
import glob
import os
import re
import signal
import subprocess
import time

from harness import *

AREA_MAX = 1 << 30  # larger ones are shadows of a sanitizer
CHILDREN = 2  # one reads in place, one by other means if that fails


def children_of(pid):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(path).read().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == pid:
            found.append(int(path.split("/")[2]))
    return found


def wait_for(condition, what):
    for _ in range(300):
        seen = condition()
        if seen:
            return seen
        time.sleep(0.1)
    raise Failed(f"no {what}")


def memory_holds(pid, secrets):
    """Which of these are anywhere in the memory of a process."""
    found = set()
    try:
        memory = open(f"/proc/{pid}/mem", "rb", buffering=0)
        areas = open(f"/proc/{pid}/maps").read()
    except PermissionError:
        raise Skipped("the memory of a process may not be read here") from None
    with memory:
        for start, end, mode in re.findall(r"(?m)^(\w+)-(\w+) (\S+)", areas):
            if mode[0] != "r" or int(end, 16) - int(start, 16) > AREA_MAX:
                continue
            try:
                memory.seek(int(start, 16))
                data = memory.read(int(end, 16) - int(start, 16))
            except (OSError, ValueError, OverflowError):  # [vvar] and the like
                continue
            found |= {secret for secret in secrets if secret.encode() in data}
    return found


def streams_of(pid):
    return {os.readlink(f"/proc/{pid}/fd/{n}") for n in range(3)}


def is_sanitized(pid):
    """The runtime of a sanitizer copies the environment before the program begins."""
    return "libasan" in open(f"/proc/{pid}/maps").read()


def encrypted_key(lab, passphrase):
    path = os.path.join(lab.folder, "host.key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-aes256", "-pass",
                    f"pass:{passphrase}", "-out", path], check=True, capture_output=True)
    os.chmod(path, 0o600)
    return path


@case("parser-process-has-no-secrets")
def parser_process_has_no_secrets(lab):
    "passphrase, password and environment are absent from its memory, and its streams are /dev/null"
    passphrase, variable = "passphrase-canary-52801", "variable-canary-99313"
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    in_base64 = base64.b64encode(f"robot:{password}".encode()).decode()
    secrets = {passphrase, variable, password, in_base64}
    seen = {}
    copied = set()

    def look(process):
        pids = wait_for(lambda: len(children_of(process.pid)) == CHILDREN and
                        children_of(process.pid), "children")
        if is_sanitized(process.pid):
            copied.add(variable)
        for pid in pids:
            wait_for(lambda: streams_of(pid) == {"/dev/null"}, "streams of /dev/null")
            wait_for(lambda: len(os.listdir(f"/proc/{pid}/fd")) == 3 + 3, "bundle and two pipes alone")
            os.kill(pid, signal.SIGSTOP)
        process.stdin.write(passphrase.encode() + b"\n")
        process.stdin.close()
        process.stdin = None
        try:
            # Until the parent knows what it was not told before: a passphrase it forgets.
            wait_for(lambda: memory_holds(process.pid, {password, in_base64}) and
                     memory_holds(process.pid, {variable}), "secrets in the memory of the parent")
            for pid in pids:
                seen[pid] = memory_holds(pid, secrets) - copied
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    lab.push(image("app:1"), options=["--receipt", encrypted_key(lab, passphrase),
                                      "--passphrase-fd", "0"],
             env={"UNRELATED": variable}, started=look).ok()
    same(list(seen.values()), [set()] * CHILDREN, "secrets in the memory of its children")


main()
