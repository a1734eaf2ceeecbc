# SPDX-License-Identifier: Apache-2.0
"""every_call.py FOLDER SEALIFT SOURCE TARGET - one fault a run, at every place in turn.

strace lets the k-th call of one kind fail, or kills the program at it; k grows until a run
ends without having met its fault.  After every run the same questions are asked: is what
has its final name whole, is anything left behind, and does the same command succeed now?
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import scenes
from tap import Tap

# Errors injected into each call, as from a disk, a network or a busy machine.
ERRORS = {
    "openat": ["EMFILE", "EACCES"], "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"],
    "pwrite64": ["ENOSPC", "EIO", "EINTR"], "write": ["EIO"], "fsync": ["EIO"],
    "close": ["EIO"], "ftruncate": ["ENOSPC"], "fallocate": ["ENOSPC"],
    "renameat": ["EIO"], "renameat2": ["EIO"], "unlinkat": ["EIO"], "flock": ["EAGAIN", "ENOLCK"],
    "newfstatat": ["EIO"], "fstatfs": ["EIO"], "lseek": ["EIO"], "clone3": ["EAGAIN"],
    "socket": ["EMFILE"], "connect": ["ECONNREFUSED", "ENETUNREACH"],
    "sendto": ["ECONNRESET"], "recvfrom": ["ECONNRESET"], "poll": ["EINTR"],
    "setsockopt": ["EINVAL"], "fcntl": ["EMFILE"], "pipe2": ["EMFILE"],
}
# In the normal run: what decides about the disk, and what the other side sees; of the many
# calls that write the first, the fourth, and so on.
KILLS = {"pwrite64", "fallocate", "fsync", "renameat", "renameat2", "unlinkat", "sendto"}
FAILS = {"pwrite64", "fallocate", "fsync", "ftruncate", "renameat", "renameat2"}
STEP = {"pwrite64": 3}
# An export fails when the disk fails one of these.
DISK = {"pwrite64", "fsync", "renameat", "renameat2"}
NO = ("EIO", "ENOSPC")
AT_MOST = 3000  # faults of one kind: more means that the program never ends
AT_ONCE = 2
LONG = os.environ.get("SEALIFT_TESTS") == "long"


class Wrong(Exception):
    """An invariant does not hold."""


def traced(scene, folder, fault, log):
    """Run the scene with the fault; its exit status, or None when the fault was not met."""
    argv = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={fault.call}",
            "-e", f"inject={fault.call}:{fault.action}:when={fault.number}",
            *scene.command(folder)]
    process = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    said = process.stderr.decode(errors="replace")
    status = process.returncode
    met = "(INJECTED)" in log.read_text(errors="replace") or status in (-9, 137)
    return (status, said) if met else None


class Fault:
    def __init__(self, call, action, number):
        self.call, self.action, self.number = call, action, number

    def __str__(self):
        return f"{self.call} number {self.number}, {self.action}"


def is_clean_end(scene, fault, status, said):
    """Did the program end in a way that a person can understand?"""
    if fault.action == "signal=KILL":
        return status in (-9, 137)
    if scene.publishes and fault.call in DISK and fault.action.endswith(NO):
        return status == 8 and said.startswith("sealift: ")
    if "error while loading shared libraries" in said or "libcrypto" in said:
        return status != 0  # it did not get as far as our first line
    if status == 0:
        return True
    return status in (3, 4, 5, 8, 9, 11, 12) and said.startswith("sealift: ")


def one_run(scene, fault, top):
    """1 when the fault was met; raises Wrong."""
    folder = Path(top, f"{fault.call}-{re.sub('[^A-Z]', '', fault.action)}-{fault.number}")
    folder.mkdir()
    scene.prepare(folder)
    end = traced(scene, folder, fault, Path(top, folder.name + ".trace"))
    Path(top, folder.name + ".trace").unlink()
    if end:
        status, said = end
        try:
            if not is_clean_end(scene, fault, status, said):
                raise Wrong(f"exit {status}: {said[-300:]}")
            scene.check(folder, status)
            scene.again(folder, status)
        except scenes.Broken as why:
            raise Wrong(f"exit {status}, {said[-200:].strip()!r}: {why}") from None
    shutil.rmtree(folder)
    return bool(end)


def sweep(scene, call, action, first, top):
    """All faults of one kind: how many, and what went wrong."""
    wrong = []
    met = 0
    for number in range(first, AT_MOST, 1 if LONG else STEP.get(call, 1)):
        fault = Fault(call, action, number)
        try:
            if not one_run(scene, fault, top):
                break
        except Wrong as why:
            wrong.append(f"{fault}: {why}")
        met += 1
        if len(wrong) > 3:
            break
    return met, wrong


def calls_after(scene, top):
    """call -> the number in its thread of the first one that may leave something behind."""
    folder = Path(top, "calm")
    folder.mkdir()
    scene.prepare(folder)
    log = Path(top, "calm.trace")
    subprocess.run(["strace", "-f", "-qq", "-y", "-o", str(log), *scene.command(folder)],
                   cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    lines = log.read_text(errors="replace").splitlines()
    counts, first, begun = {}, {}, False
    for line in lines:
        found = re.match(r"(\d+) +(\w+)\(", line)
        if not found:
            continue
        begun = begun or scene.begins(line)
        thread, call = found.groups()
        counts[thread, call] = counts.get((thread, call), 0) + 1
        if begun:
            first[call] = min(first.get(call, AT_MOST), counts[thread, call])
    return lines, first


def order(lines):
    """The last of each step of publishing, in the order in which they came."""
    steps = {"write": r"pwrite64\(\d+<.*\.partial>", "flush the file": r"fsync\(\d+<.*\.partial>",
             "rename": r"renameat2?\(.*\.partial\"", "flush the folder": r"fsync\(\d+<[^>]*/carrier"}
    last = {}
    for number, line in enumerate(lines):
        for step, pattern in steps.items():
            if re.search(pattern, line):
                last[step] = number
    return sorted(last, key=last.get)


def plan(first):
    """(call, action, first number) of every sweep."""
    for call in sorted(first if LONG else KILLS & set(first)):
        yield call, "signal=KILL", first[call]
    for call in sorted(ERRORS if LONG else FAILS):
        for error in ERRORS[call]:
            if LONG or error in NO:
                yield call, f"error={error}", 1 if LONG else first.get(call, 1)


def main():
    work, program, source, target = sys.argv[1:]
    tap = Tap()
    for scene in scenes.all(Path(work), program, source, target):
        top = Path(work, scene.name)
        top.mkdir()
        lines, first = calls_after(scene, top)
        if scene.publishes:
            want = ["write", "flush the file", "rename", "flush the folder"]
            got = order(lines)
            tap.say(f"{scene.name}: written, flushed, renamed, in this order",
                    [] if got == want else [f"want {want}, got {got}"])
        with ThreadPoolExecutor(AT_ONCE) as pool:
            jobs = [(call, action, pool.submit(sweep, scene, call, action, number, top))
                    for call, action, number in plan(first)]
            total = 0
            for call, action, job in jobs:
                met, wrong = job.result()
                total += met
                if met:
                    tap.say(f"{scene.name}: {call}, {action}: {met} times", wrong)
        tap.say(f"{scene.name}: {total} faults in all",
                [] if total >= scene.faults_min else ["hardly any fault was met"])
    tap.end()


main()
