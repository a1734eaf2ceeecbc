#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Layers of so many bytes that their size leaves the octal digits of a header.

    tar_large.py SEALIFT FOLDER [bodies]

Holes take the place of bytes.  sealift inspect has to take each bundle, and all others to see the
same sizes; with "bodies" also sealift verify, which reads them.  Prints what is odd.
"""
import os
import subprocess
import sys
import tarfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, "lib"), os.path.join(TESTS, "e2e")]
from bundles import CONFIG, LARGE, LAYER, MANIFEST, Bundle  # noqa: E402
from tar_readers import TOOLS, listed_by  # noqa: E402


def write(path, size, known):
    bundle = Bundle()
    config = bundle.blob(b"{}", placed=False)
    layer = bundle.blob(size, None if known else "1" * 64, placed=False)
    image = bundle.document({"config": config.descriptor(CONFIG),
                             "layers": [layer.descriptor(LAYER)]}, MANIFEST)
    bundle.place(config)
    bundle.place(layer)
    bundle.name("host.test/large:1", image)
    bundle.write(path)
    return layer.hex


def main():
    program, folder, *bodies = sys.argv[1:]
    path = os.path.join(folder, "large.tar")
    sizes = [LARGE - 1, LARGE, LARGE + 1, (1 << 33) + (1 << 32), 1 << 40]
    for size in sizes[:2] if bodies else sizes:
        name = "blobs/sha256/" + write(path, size, bodies)
        reading = [program, "verify", "--insecure-skip-verify"] if bodies else [program, "inspect"]
        status = subprocess.run([*reading, "-q", path], stdin=subprocess.DEVNULL, check=False).returncode
        if status != 0:
            print(f"{size}: exit {status}")
        with tarfile.open(path, "r:") as tar:
            seen = {"python": [(m.name, "-" if m.isreg() else "?", m.size) for m in tar]}
        for tool in TOOLS:
            seen[tool] = listed_by(tool, path)
        for who, rows in seen.items():
            if len(rows) != 7 or rows[-1] != (name, "-", size) or rows != seen["tar"]:
                print(f"{size}: {who} sees {rows}")
        os.unlink(path)


if __name__ == "__main__":
    main()
