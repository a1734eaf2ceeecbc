#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare what other programs read from a bundle with the format.

    tar_readers.py SEALIFT BUNDLE...     print a line for each disagreement: "BUNDLE: WHO: WHAT"

What the format says comes out of the bundle's own lists, read here by hand: the members in their
order, and the SHA-256 of each.  GNU tar, bsdtar (libarchive) and python's tarfile have to see
exactly these, and skopeo the images that sealift names, with the same digests.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from damage import Member  # noqa: E402

TOOLS = [tool for tool in ("tar", "bsdtar") if shutil.which(tool)]


class Disagrees(Exception):
    """A reader that sees something else, or complains."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def said_by(*command):
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if run.returncode != 0 or run.stderr:
        raise Disagrees(f"exit {run.returncode}, {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def listed_by(tool, path):
    """(name, type, size) of each member as tar or bsdtar list it."""
    lines = [line.split() for line in said_by(tool, "-tvf", path).decode(errors="replace").splitlines()]
    return [(words[-1], words[0][0], int(words[2 if tool == "tar" else 4])) for words in lines]


def by_tool(tool, path):
    """(name, type, size, sum): the bodies come out one behind the other."""
    rows, at = [], 0
    bodies = said_by(tool, "-xOf", path)
    for name, kind, size in listed_by(tool, path):
        rows.append((name, kind, size, sha256(bodies[at:at + size])))
        at += size
    if at != len(bodies):
        raise Disagrees(f"lists {at} bytes and extracts {len(bodies)}")
    return rows


def by_python(path):
    rows = []
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            kind = "-" if member.isreg() else "?"
            body = tar.extractfile(member).read() if member.isreg() else b""
            if member.issparse() or member.pax_headers or len(body) != member.size:
                kind = "?"
            rows.append((member.name, kind, member.size, sha256(body)))
    return rows


def by_format(path, index_digest):
    """The members that the bundle lists, starting from the index.json that sealift verified."""
    with open(path, "rb") as file:
        raw = file.read()
    members, at = [], 0
    while any(raw[at:at + 512]):
        members.append(Member(raw, at))
        at = members[-1].end
    rows = [(m.name, "-", m.size, sha256(m.body[:m.size])) for m in members]
    texts = {m.name: m.body[:m.size].decode() for m in members if not m.name.startswith("blobs/")}
    pinned = json.loads(texts["index.json"])["annotations"]["dev.sealift.sums"]
    listed = [("index.json", index_digest), ("SHA256SUMS", pinned)]
    listed += [(line[66:], "sha256:" + line[:64]) for line in texts["SHA256SUMS"].splitlines()
               if not line.startswith("#")]
    found = [(row[0], "sha256:" + row[3]) for row in rows if not row[0].startswith("signatures/")]
    if sorted(listed) != sorted(found):
        raise Disagrees(f"{found} instead of {listed}")
    return rows


def images(path, named):
    """skopeo gets each image that it can name, with the digest that sealift reports."""
    for image in named:
        name = image["name"]
        if "@" in name or name != name.lower() or "/vnd.oci." not in image["mediaType"]:
            continue  # skopeo finds none of these in a layout, see interop.sh
        raw = said_by("skopeo", "inspect", "--raw", f"oci-archive:{path}:{name}")
        if "sha256:" + sha256(raw) != image["digest"]:
            raise Disagrees(f"{name} is {sha256(raw)} and not {image['digest']}")


def first_difference(want, got):
    for n, (a, b) in enumerate(zip(want, got)):
        if a != b:
            return f"member {n}: {b} instead of {a}"
    return f"{len(got)} members instead of {len(want)}"


def disagreements(path, result):
    """Disagreements about a bundle, given the result of sealift verify --json."""
    odd, want = [], []
    try:
        want = by_format(path, result["index"])
    except (Disagrees, ValueError, KeyError) as why:
        odd.append(f"format: {why}")
    readers = [(tool, lambda tool=tool: by_tool(tool, path)) for tool in TOOLS]
    readers += [("python", lambda: by_python(path))]
    if shutil.which("skopeo"):
        readers += [("skopeo", lambda: images(path, result["images"]))]
    for who, read in readers:
        try:
            got = read()
            if got is not None and got != want:
                odd.append(f"{who}: {first_difference(want, got)}")
        except (Disagrees, tarfile.TarError, ValueError, IndexError) as why:
            odd.append(f"{who}: {why}")
    return odd


def verify(program, path):
    """(exit status, the result as an object)"""
    run = subprocess.run([program, "verify", "-q", "-j1", "--json", "--insecure-skip-verify", path],
                         stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return run.returncode, json.loads(run.stdout) if run.stdout else {}


def main():
    program, *paths = sys.argv[1:]

    def look(path):
        status, result = verify(program, path)
        return [f"sealift: exit {status}"] if status else disagreements(path, result)

    with ThreadPoolExecutor(2) as pool:
        for path, odd in zip(paths, pool.map(look, paths)):
            for line in odd:
                print(f"{os.path.basename(path)}: {line}")


if __name__ == "__main__":
    main()
