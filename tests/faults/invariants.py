# SPDX-License-Identifier: Apache-2.0
"""Invariants that hold after every run of sealift, whatever the registry did."""
import os
import re

from fault.log import forms_of

SANITIZER = re.compile(r"runtime error:|Sanitizer|SUMMARY:")
BEGINNING = 16  # characters of a secret that say too much already
SCANNED_MAX = 64 << 20  # bytes of a file that are searched for secrets


class Broken(Exception):
    """An invariant does not hold."""


def check_all(lab, run, before, mark):
    """before: the files in the folder of bundles, mark: how many requests there were."""
    if lab.killed:  # by the test: it could keep no promise about its end
        lab.killed = False
        return
    check_end(run)
    check_words(run)
    check_files(lab, run, before)
    check_secrets(lab, run)
    check_origins(lab)
    check_repeats(lab, mark)


def check_end(run):
    """It ended by itself, with a status that its result agrees with."""
    if SANITIZER.search(run.err):
        raise Broken("a sanitizer has something to say")
    if "it did not end within" in run.err:
        raise Broken("it did not end")
    if run.status < 0 and -run.status not in (2, 15):
        raise Broken(f"it was ended by signal {-run.status}")
    if run.status == 1:
        raise Broken("it says that it has a bug")
    if "--json" in run.argv and run.json is not None:
        if (run.status == 0) != run.json["ok"] or run.json["exit"] != run.status:
            raise Broken(f"exit status {run.status}, but the result says {run.json['exit']}")
    if "--json" in run.argv and run.json is None and run.status < 128:
        raise Broken("there is no result although --json was given")


def check_words(run):
    """Errors are one line each, and nothing of a server reaches the terminal as it is."""
    odd = re.search(r"[^\x20-\x7e\n]", run.err)
    if odd:
        raise Broken(f"an odd character was printed: {odd.group()!r}")
    errors = [line for line in run.err.splitlines()
              if line.startswith(("sealift: ", '{"event":"summary",'))]
    if run.status != 0 and not errors:
        raise Broken("it failed without a word")


def check_files(lab, run, before):
    """Either the bundle under its name, or at most the file that the next run resumes."""
    allowed = set(before)
    if run.path:
        name = os.path.basename(run.path)
        partial = {name + ".partial", name + ".partial.old"}
        if "--volume-size" in run.argv:
            partial |= {f"{name}.partial.{number:03}" for number in range(1, 10)}
            allowed |= {f"{name}.{number:03}" for number in range(1, 10)}
        allowed = allowed - partial | {name} if run.status == 0 else allowed | partial
        if run.status == 10 and "--allow-incomplete" in run.argv:
            allowed.add(name)
    left = set(os.listdir(os.path.join(lab.folder, "out"))) - allowed
    left |= set(os.listdir(os.path.join(lab.folder, "tmp")))
    if left:
        raise Broken(f"files were left: {sorted(left)}")
    if run.path and run.status == 0 and "--dry-run" not in run.argv and \
            not any(map(os.path.exists, (run.path, run.path + ".001"))):
        raise Broken("it succeeded without a bundle")


def written_files(lab):
    """Everything below the lab's folder that the test did not write."""
    for folder, _, names in os.walk(lab.folder):
        if os.path.relpath(folder, lab.folder).split(os.sep)[0] == "given":
            continue
        for name in names:
            yield os.path.join(folder, name)


def check_secrets(lab, run):
    """No secret shows anywhere, nor the beginning of one, in whatever case of letters."""
    places = {"standard output": run.out.encode("utf-8", "surrogateescape"),
              "standard error": run.err.encode("utf-8", "surrogateescape"),
              "the command line": b"\n".join(lab.command_lines)}
    for path in written_files(lab):
        with open(path, "rb") as file:
            places[path] = file.read(SCANNED_MAX)
    places = {place: data.lower() for place, data in places.items()}
    for secret in list(lab.secrets):
        for form in forms_of(secret) | {secret[:BEGINNING]}:
            for place, data in places.items():
                if form.lower().encode() in data:
                    raise Broken(f"a secret shows in {place}")


def check_origins(lab):
    """Secrets and certificates reached only whom they are for, and no storage server saw an
    Authorization."""
    for secret, allowed in list(lab.secrets.items()):
        strangers = lab.log.saw(secret) - allowed
        if strangers:
            raise Broken(f"a secret for {sorted(allowed)} was sent to {sorted(strangers)}")
    strangers = {entry.origin for entry in lab.log.find() if entry.certified} - lab.certified
    if strangers:
        raise Broken(f"a client certificate was shown to {sorted(strangers)}")
    if "storage" in lab.log.authorized():
        raise Broken("the storage server saw an Authorization")


def check_repeats(lab, mark):
    """Objects that were served or stored completely are not transferred again."""
    done = set()
    if lab.repeats_allowed:
        return
    for entry in lab.log.find()[mark:]:
        key = what_it_moves(entry)
        if not key or entry.origin == "proxy":
            continue
        if key in done:
            raise Broken(f"done already: {entry}")
        if entry.is_whole and entry.status in (200, 201):
            done.add(key)


def what_it_moves(entry):
    """The blob that a request transfers completely, else None."""
    digest = re.search(r"sha256:[0-9a-f]{64}$", entry.path)
    if entry.method == "GET" and digest and not re.search("/(manifests|referrers)/", entry.path) and \
            entry.header("Range") is None:
        return "GET", digest.group()
    if entry.method == "PUT" and "/blobs/uploads/" in entry.path:
        return "PUT", entry.path.partition("/blobs/")[0], entry.query.get("digest")
    return None
