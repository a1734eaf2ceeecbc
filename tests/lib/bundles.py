# SPDX-License-Identifier: Apache-2.0
"""bundles.py - bundles written by hand, from docs/bundle-format.md: nothing is shared with sealift.

    bundle = Bundle()
    layer = bundle.blob(b"...")                       # bytes, or a number of zeros
    image = bundle.document({"layers": [layer.descriptor(LAYER)], ...}, MANIFEST)
    bundle.name("host.test/app:1", image)
    bundle.write("b.tar")

Objects are stored in the order in which they were made, so documents come first, parents before
children: make the rest with placed=False and place() them in the order that the format asks for.
"""
import hashlib
import json

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PAD = 32768
LARGE = 8 << 30  # from here on the size needs more than 11 octal digits


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def header(name, size, mtime=0):
    """The one header that a member may have."""
    if size < LARGE:
        numbers = b"000644 \x00000000 \x00000000 \x00%011o %011o " % (size, mtime)
        magic = b"ustar\x0000" + bytes(64) + b"000000 \x00000000 \x00"
    else:
        numbers = b"0000644\x000000000\x000000000\x00\x80" + size.to_bytes(11, "big") + b"%011o\0" % mtime
        magic = b"ustar  \0"
    head = name.encode().ljust(100, b"\0") + numbers + b" " * 8 + b"0" + bytes(100) + magic
    head = head.ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def zeros_sum(size):
    total, piece = hashlib.sha256(), bytes(1 << 20)
    for start in range(0, size, len(piece)):
        total.update(piece[:size - start])
    return total.hexdigest()


def room(size):
    """Size of a member: header, body, padding."""
    return 512 + size + -size % 512


class Object:
    """Bytes, or so many zeros that are never stored."""

    def __init__(self, data, hex_digest=None):
        self.data = data if isinstance(data, bytes) else b""
        self.size = len(data) if isinstance(data, bytes) else data
        self.hex = hex_digest or (sha256(data) if isinstance(data, bytes) else zeros_sum(data))
        self.digest = "sha256:" + self.hex
        self.media_type = None

    def descriptor(self, media_type=None, **more):
        return {"mediaType": media_type or self.media_type, "digest": self.digest,
                "size": self.size, **more}


class Bundle:
    def __init__(self):
        self.objects = {}
        self.entries = []
        self.signatures = []  # (name behind signatures/, bytes)
        self.pad = PAD
        self.more = b""       # what is put into the annotations of index.json, as text

    def place(self, one):
        self.objects.setdefault(one.hex, one)
        return one

    def blob(self, data, hex_digest=None, placed=True):
        one = Object(data, hex_digest)
        return self.place(one) if placed else one

    def document(self, fields, media_type, placed=True):
        """A dict of what comes after schemaVersion and mediaType, or bytes as they are."""
        if isinstance(fields, dict):
            fields = compact({"schemaVersion": 2, "mediaType": media_type, **fields})
        one = self.blob(fields, placed=placed)
        one.media_type = media_type
        return one

    def name(self, name, document):
        self.entries.append(document.descriptor(annotations={
            "org.opencontainers.image.ref.name": name, "io.containerd.image.name": name}))

    def _index(self, sums, total):
        text = compact({
            "schemaVersion": 2, "mediaType": INDEX,
            "artifactType": "application/vnd.sealift.bundle.v1", "manifests": self.entries,
            "annotations": {
                "dev.sealift.format": "1", "dev.sealift.stream": "default",
                "dev.sealift.serial": "1700000000", "dev.sealift.created": "2023-11-14T22:13:20Z",
                "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
                "dev.sealift.sums": "sha256:" + sha256(sums),
                "dev.sealift.members": str(len(self.objects) + 1),
                "dev.sealift.bytes": str(total), "dev.sealift.tool": "sealift/0.1.0"}})
        return text[:-2] + self.more + b"}}"

    def write(self, path, index=None, sums=None):
        """index and sums: other bytes in their place."""
        layout = Object(b'{"imageLayoutVersion":"1.0.0"}')
        if sums is None:
            sums = b"".join(b"%s  blobs/sha256/%s\n" % (key.encode(), key.encode()) for key in self.objects)
            sums = layout.hex.encode() + b"  oci-layout\n" + sums
        behind = [("signatures/" + name, Object(data)) for name, data in self.signatures]
        behind += [("signatures/.pad", Object(bytes(self.pad))), ("SHA256SUMS", Object(sums))]
        behind += [("blobs/sha256/" + key, one) for key, one in self.objects.items()]
        rest = sum(room(one.size) for _, one in [("", layout), *behind]) + 1024
        if index is None:
            total = 0
            while total != rest + room(len(index or b"")):  # until it says how long it makes the file
                total = rest + room(len(index or b""))
                index = self._index(sums, total)
        members = [("oci-layout", layout), ("index.json", Object(index)), *behind]
        with open(path, "wb") as file:
            at = 0
            for name, one in members:
                file.write(header(name, one.size) + one.data)
                at += room(one.size)
                file.seek(at)
            file.write(bytes(1024))
