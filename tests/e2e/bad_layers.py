#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Put images with layers of all sorts into a registry on loopback.

    bad_layers.py ADDRESS

Each is inside/NAME:v1.  Prints lines of NAME and the words that a look into its layer has to
say, "-" when it is a good one.
"""
import gzip
import io
import json
import os
import sys
import tarfile

sys.path.insert(0, os.environ["tests"] + "/registry")
from client import MANIFEST, Registry, sha256  # noqa: E402

CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def tar(*members, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as file:
        for name, kind, target in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = target
            body = b"x" * 2000 if kind == tarfile.REGTYPE else b""
            info.size = len(body)
            file.addfile(info, io.BytesIO(body))
    return out.getvalue()


def cases():
    """NAME, bytes of the layer, its tar (what the diff_id is of), type, words."""
    file, link, soft = tarfile.REGTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE
    good = tar(("etc/passwd", file, ""), ("..data", file, ""), ("a/..b/c..", file, ""),
               ("hard", link, "etc/passwd"), ("soft", soft, "../../outside"),
               ("soft-absolute", soft, "/etc"), ("dev/null", tarfile.CHRTYPE, ""),
               ("x" * 200 + "/" + "\u00e4" * 100, file, ""), (".wh.gone", file, ""))
    packed = gzip.compress(good, mtime=0)
    yield "plain", good, good, LAYER, "-"
    yield "gzip", packed, good, LAYER + "+gzip", "-"
    yield "two-gzips", gzip.compress(good[:1024], mtime=0) + gzip.compress(good[1024:], mtime=0), \
        good, LAYER + "+gzip", "-"
    yield "gnu", *[tar(("y" * 150, file, ""), form=tarfile.GNU_FORMAT)] * 2, LAYER, "-"
    yield "empty", *[tar()] * 2, LAYER, "-"
    yield "odd-end", *[good + b"more"] * 2, LAYER, "-"
    yield "no-tar", b"", b"", "application/vnd.example.weights", "-"
    yield "other", packed, good + b"\0", LAYER + "+gzip", "does not match its diff_id"
    yield "cut", packed[:-100], good, LAYER + "+gzip", "cannot be unpacked"
    yield "garbage", b"garbage" * 500, b"garbage" * 500, LAYER, "malformed tar"
    yield "twice-packed", gzip.compress(packed, mtime=0), good, LAYER + "+gzip", "compressed more than once"
    yield "long-header", *[tar(("n" * 400000, file, ""))] * 2, LAYER, "more than 256 KiB of headers"
    yield "longest-header", *[tar(("n" * 100000, file, ""))] * 2, LAYER, "-"
    for name, member in (("up", ("../escape", file, "")), ("inside-up", ("a/../../b", file, "")),
                         ("absolute", ("/etc/cron.d/x", file, "")), ("dots", ("..", tarfile.DIRTYPE, "")),
                         ("hard-up", ("h", link, "../../etc/passwd")),
                         ("hard-absolute", ("h", link, "/etc/passwd"))):
        yield name, *[tar(("ok", file, ""), member)] * 2, LAYER, "outside the image"


def main():
    registry = Registry(sys.argv[1])
    for name, layer, inside, media_type, words in cases():
        repo = "inside/" + name
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {
            "type": "layers", "diff_ids": [sha256(inside)]}, "name": name}).encode()
        for blob in (config, layer):
            registry.put_blob(repo, sha256(blob), len(blob), [blob])
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": sha256(config), "size": len(config)},
            "layers": [{"mediaType": media_type, "digest": sha256(layer), "size": len(layer)}]})
        registry.put_manifest(repo, "v1", manifest.encode(), MANIFEST)
        print(name, words)


if __name__ == "__main__":
    main()
