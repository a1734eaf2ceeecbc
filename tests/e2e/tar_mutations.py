#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles whose tar is a little different, read by sealift and by everybody else.

    tar_mutations.py SEALIFT BUNDLE FOLDER some|all|every

BUNDLE is unsigned and small.  Each mutation has its checksums, and the total in index.json, made
to agree again, as a forger would, so that the form alone decides.  What sealift verify accepts
has to be what tar_accepted.txt lists, and every other reader has to see the same in it; what it
refuses it has to refuse in order.  Prints "odd NAME: ..." for what is not so, and last a line of
counts.  "some" leaves out four of five mutations of fields and extra members; "every" adds every
byte of every header, set to several values.
"""
import collections
import hashlib
import itertools
import os
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from damage import members_of  # noqa: E402
from tar_readers import disagreements, verify  # noqa: E402

REFUSALS = {5: "protocol", 6: "integrity"}
FIELDS = {"name": (0, 100), "mode": (100, 8), "uid": (108, 8), "gid": (116, 8), "size": (124, 12),
          "mtime": (136, 12), "checksum": (148, 8), "type": (156, 1), "link": (157, 100),
          "magic": (257, 8), "user": (265, 32), "group": (297, 32), "major": (329, 8),
          "minor": (337, 8), "prefix": (345, 155), "unused": (500, 12)}
BLOCK = bytes(512)


def summed(head, form=b"%06o\0 ", signed=False):
    """The header with its checksum, some writers' sum of signed bytes if asked for."""
    head = bytearray(head)
    head[148:156] = b" " * 8
    total = sum(byte - 256 if signed and byte > 127 else byte for byte in head)
    head[148:156] = (form % (total & 0o777777)).ljust(8, b"\0")[:8]
    return bytes(head)


def put(head, **fields):
    """The header with other fields, cut or filled up with NULs, and its checksum."""
    head = bytearray(head)
    for name, value in fields.items():
        at, length = FIELDS[name]
        head[at:at + length] = value[:length].ljust(length, b"\0")
    return bytes(head) if "checksum" in fields else summed(head)


def padded(body):
    return body + bytes(-len(body) % 512)


def base256(number, length, first=0x80):
    return bytes([first]) + number.to_bytes(length - 1, "big")


class Bundle:
    """The members of a bundle, to be put together differently."""

    def __init__(self, raw):
        self.raw = raw
        self.members = members_of(raw)
        self.names = [member.name for member in self.members]
        self.first = self.members[0].head

    def pieces(self):
        return [[member.head, member.body] for member in self.members]

    def join(self, pieces, end=BLOCK * 2):
        """One file of these; index.json says how long it is."""
        at = self.names.index("index.json")
        text = self.members[at].body[:self.members[at].size]
        if pieces[at][1].startswith(text):
            total = sum(len(head) + len(body) for head, body in pieces) + 1024
            text = re.sub(rb'("dev.sealift.bytes":")\d+', rb"\g<1>%d" % total, text)
            if len(text) == self.members[at].size:
                pieces[at][1] = text + pieces[at][1][len(text):]
            else:
                pieces[at] = [put(pieces[at][0], size=b"%011o " % len(text)), padded(text)]
        return b"".join(head + body for head, body in pieces) + end

    def with_head(self, n, head):
        pieces = self.pieces()
        pieces[n][0] = head
        return self.join(pieces)

    def with_extra(self, n, extra):
        """Something between two members."""
        pieces = self.pieces()
        pieces.insert(n, [b"", extra])
        at = self.names.index("index.json")
        if n <= at:  # keep index.json where join() looks for it
            pieces[n + 1][0] = extra + pieces[n + 1][0]
            del pieces[n]
        return self.join(pieces)


# ---- one field of one header ----

def numbers(value, length):
    """Ways to write a number, by what they are called; not the canonical one."""
    digits = b"%o" % value
    yield "octal and NUL", digits.rjust(length - 1, b"0") + b"\0"
    yield "octal without end", digits.rjust(length, b"0")
    yield "octal, space, NUL", digits.rjust(length - 2, b"0") + b" \0"
    yield "octal, NUL, space", digits.rjust(length - 2, b"0") + b"\0 "
    yield "octal and a space", digits.rjust(length - 1, b"0") + b" "
    yield "octal after spaces", digits.rjust(length - 1) + b"\0"
    yield "octal after NULs", digits.rjust(length - 1, b"\0") + b"\0"
    yield "octal after a tab", b"\t" + digits.rjust(length - 2, b"0") + b"\0"
    yield "octal to the left", digits
    yield "octal and garbage", digits + b" 7777"[:length - len(digits)]
    yield "octal, NUL and garbage", digits + b"\x009"
    yield "octal after a plus", b"+" + digits.rjust(length - 2, b"0") + b"\0"
    yield "minus", b"-" + digits.rjust(length - 2, b"0") + b"\0"
    yield "decimal", (b"%d" % (value + 8)).rjust(length - 1, b"0") + b"\0"
    yield "hexadecimal", b"0x%x" % value
    yield "base 256", base256(value, length)
    yield "base 256 with more flags", base256(value, length, 0x81)
    yield "base 256, all flags", base256(value, length, 0xff)
    yield "base 256, negative", b"\xff" * length
    yield "base 256, huge", b"\x80" + b"\x7f" * (length - 1)
    yield "base 64 of old GNU", b"+" + b"A" * (length - 2) + b"B"
    yield "nothing", b""
    yield "spaces", b" " * length
    yield "one more", b"%0*o " % (length - 1, value + 1)
    yield "one less", b"%0*o " % (length - 1, max(value, 1) - 1)
    yield "zero", b"%0*o " % (length - 1, 0)
    yield "as much as fits", b"7" * (length - 1) + b" "


def texts(name):
    yield "text", b"x"
    yield "text behind a NUL", b"\0x"
    yield "a path", name.encode()
    yield "high bytes", b"\xc3\xa4"
    yield "spaces", b"  "


def names(name):
    raw = name.encode()
    yield "behind ./", b"./" + raw
    yield "behind /", b"/" + raw
    yield "behind ../", b"../" + raw
    yield "behind x/../", b"x/../" + raw
    yield "before /", raw + b"/"
    yield "before a NUL and more", raw + b"\0more"
    yield "NUL in the middle", raw[:4] + b"\0" + raw[4:]
    yield "NUL in front", b"\0" + raw
    yield "before a space", raw + b" "
    yield "before a new line", raw + b"\n"
    yield "before a carriage return", raw + b"\r"
    yield "in capitals", raw.upper()
    yield "with capital hex", raw[:-2] + raw[-2:].upper()
    yield "with //", raw.replace(b"/", b"//") if b"/" in raw else raw + b"//"
    yield "with \\", raw.replace(b"/", b"\\") if b"/" in raw else b"\\" + raw
    yield "100 bytes long", raw.ljust(100, b"x")
    yield "with an umlaut", raw[:-1] + "\u00e4".encode()
    yield "no name", b""
    yield "a dot", b"."


def field_mutations(bundle, n):
    head, size, name = bundle.members[n].head, bundle.members[n].size, bundle.members[n].name
    for field, value in (("mode", 0o644), ("uid", 0), ("gid", 0), ("size", size), ("mtime", mtime(head)),
                         ("major", 0), ("minor", 0)):
        length = FIELDS[field][1]
        for what, written in numbers(value, length):
            if len(written) <= length:
                yield f"{field}: {what}", put(head, **{field: written})
    yield "mode: 755", put(head, mode=b"000755 \0")
    yield "mode: with the kind of file", put(head, mode=b"100644 \0")
    yield "uid: not zero", put(head, uid=b"001750 \0")
    for field in ("link", "user", "group", "prefix", "unused"):
        for what, written in texts(name):
            yield f"{field}: {what}", put(head, **{field: written})
    yield "unused: the mark of star", put(head, unused=b"\0" * 8 + b"tar\0")
    for what, written in names(name):
        yield f"name: {what}", put(head, name=written)
    if "/" in name:
        front, _, back = name.rpartition("/")
        yield "prefix: the folder of the name", put(head, prefix=front.encode(), name=back.encode())
        yield "prefix: the folder, and the whole name", put(head, prefix=front.encode())
    yield "prefix: what GNU keeps there", put(head, magic=b"ustar  \0", prefix=b"00000000000\0" * 2)
    for kind in b"\0" b"1234567xgLKSDMNVAXaZ \xff":
        yield f"type: {bytes([kind])!r}", put(head, type=bytes([kind]))
        yield f"type: {bytes([kind])!r}, empty", put(head, type=bytes([kind]), size=b"00000000000 ")
    for what, magic in (("v7", b""), ("GNU", b"ustar  \0"), ("version 01", b"ustar\00001"),
                        ("no version", b"ustar"), ("capitals", b"USTAR\00000"), ("spaces", b"ustar   "),
                        ("without its NUL", b"ustar000"), ("another", b"xstar\00000")):
        yield f"magic: {what}", put(head, magic=magic)
    yield from checksum_mutations(head, name)


def mtime(head):
    return int(head[136:147], 8)


def checksum_mutations(head, name):
    for what, form in (("octal, space, NUL", b"%06o \0"), ("seven digits", b"%07o\0"),
                       ("eight digits", b"%08o"), ("after spaces", b"%6o\0 "), ("after a NUL", b"\0%06o "),
                       ("six digits and garbage", b"%06o\x007"), ("six digits and NULs", b"%06o\0\0"),
                       ("to the left", b"%o")):
        yield f"checksum: {what}", summed(head, form)
    yield "checksum: nothing", put(head, checksum=b"")
    yield "checksum: spaces", put(head, checksum=b" " * 8)
    yield "checksum: one off", put(head, checksum=b"%06o\0 " % (int(head[148:154], 8) + 1))
    yield "checksum: base 256", put(head, checksum=base256(int(head[148:154], 8), 8))
    high = bytearray(put(head, link=b"\xff\xfe"))
    yield "checksum: of signed bytes", summed(high, signed=True)
    yield "checksum: of unsigned bytes", summed(high)


# ---- members ----

def pax(head, records, kind=b"x"):
    body = b""
    for key, value in records:
        line = b" %s=%s\n" % (key, value)
        length = len(line)
        while len(b"%d" % length + line) != length:
            length = len(b"%d" % length + line)
        body += b"%d" % length + line
    return put(head, name=b"PaxHeaders/x", type=kind, size=b"%011o " % len(body)) + padded(body)


def extras(bundle, n):
    """Members to insert before member n, by name."""
    head, name = bundle.first, bundle.names[n].encode() if n < len(bundle.names) else b"end"
    size = b"%d" % (bundle.members[n].size if n < len(bundle.names) else 0)
    gnu = put(head, magic=b"ustar  \0")
    for kind, which in ((b"x", "pax"), (b"g", "global pax")):
        yield f"{which}: the same name", pax(head, [(b"path", name)], kind)
        yield f"{which}: another name", pax(head, [(b"path", b"other")], kind)
        yield f"{which}: a name with a NUL", pax(head, [(b"path", name + b"\0x")], kind)
        yield f"{which}: the same size", pax(head, [(b"size", size)], kind)
        yield f"{which}: another size", pax(head, [(b"size", b"512")], kind)
        yield f"{which}: a negative size", pax(head, [(b"size", b"-1")], kind)
        yield f"{which}: a link", pax(head, [(b"linkpath", b"/etc/passwd")], kind)
        yield f"{which}: only a comment", pax(head, [(b"comment", b"hello")], kind)
        yield f"{which}: nothing", pax(head, [], kind)
    yield "pax: sparse", pax(head, [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"),
                                    (b"GNU.sparse.name", name), (b"GNU.sparse.realsize", b"4096")])
    for kind, which in ((b"L", "GNU long name"), (b"K", "GNU long link")):
        for what, text in (("the same", name), ("another", b"other"), ("very long", b"x/" * 300)):
            yield f"{which}: {what}", put(gnu, name=b"././@LongLink", type=kind,
                                          size=b"%011o\0" % (len(text) + 1)) + padded(text + b"\0")
    yield "GNU volume label", put(gnu, name=b"label", type=b"V", size=b"00000000000\0")
    yield "GNU sparse", put(gnu, name=b"sparse", type=b"S", size=b"00000000000\0")
    yield "GNU dump folder", put(gnu, name=b"folder", type=b"D", size=b"00000000000\0")
    empty = {"size": b"00000000000 "}
    for what, kind, link in (("folder", b"5", b""), ("symbolic link", b"2", b"x"), ("hard link", b"1", b"oci-layout"),
                             ("pipe", b"6", b""), ("device", b"3", b"")):
        yield f"a {what}", put(head, name=b"other", type=kind, link=link, **empty)
    for other in ("blobs/", "blobs/sha256/", "./", "README", "signatures/", "../x", "/x",
                  "blobs/sha256/" + "0" * 64, "signatures/0123456789abcdef.sigstore.json"):
        yield f"an empty {other}", put(head, name=other.encode(), **empty)
    yield "a zero block", BLOCK
    yield "two zero blocks", BLOCK * 2
    yield "a block of garbage", b"garbage!" * 64


def member_mutations(bundle):
    pieces = bundle.pieces()
    for n, name in enumerate(bundle.names):
        short = name[:20]
        yield f"{short}: twice", bundle.with_extra(n, bundle.members[n].bytes)
        yield f"{short}: again at the end", bundle.with_extra(len(pieces), bundle.members[n].bytes)
        if n and bundle.names[n] != "index.json":
            yield f"{short}: missing", bundle.join([p for m, p in enumerate(pieces) if m != n])
        body = bundle.members[n].body
        if bundle.members[n].size % 512:
            for what, at in (("first", bundle.members[n].size), ("last", len(body) - 1)):
                altered = bundle.pieces()
                altered[n][1] = body[:at] + b"x" + body[at + 1:]
                yield f"{short}: {what} byte of its padding", bundle.join(altered)
        altered = bundle.pieces()
        altered[n][1] += BLOCK
        yield f"{short}: a block of padding more", bundle.join(altered)


# ---- the signature area, the end, the whole ----

def signature(bundle, name, size=100, body=b"x"):
    return put(bundle.first, name=b"signatures/" + name, size=b"%011o " % size) + padded(body * size)


def area_mutations(bundle):
    pad = bundle.names.index("signatures/.pad")

    def area(before, pad_size, pad_body=b"\0"):
        pieces = bundle.pieces()
        pieces[pad] = [before + put(bundle.members[pad].head, size=b"%011o " % pad_size),
                       padded(pad_body * pad_size)]
        return bundle.join(pieces)

    one = b"0123456789abcdef.sigstore.json"
    yield "a signature of garbage", area(signature(bundle, one), 512)
    yield "an empty signature", area(signature(bundle, one, 0), 512)
    yield "a signature of 64 KiB", area(signature(bundle, one, 65536), 512)
    yield "a signature of 64 KiB and a byte", area(signature(bundle, one, 65537), 512)
    yield "a signature by certificate", area(signature(bundle, b"0123456789abcdef.p7s"), 512)
    yield "two signatures with one name", area(signature(bundle, one) * 2, 512)
    yield "two signatures in falling order", area(signature(bundle, one.replace(b"0", b"1"))
                                                  + signature(bundle, one), 512)
    yield "a signature in capitals", area(signature(bundle, one.replace(b"a", b"A")), 512)
    yield "a signature with a short name", area(signature(bundle, one[1:]), 512)
    yield "a signature with another ending", area(signature(bundle, one[:16] + b".sig"), 512)
    for count in (3, 64, 65):
        yield f"{count} signatures", area(b"".join(
            signature(bundle, b"%016x.sigstore.json" % n, 10) for n in range(count)), 0)
    for size in (0, 512, 1 << 20):
        yield f"a pad of {size}", area(b"", size)
    yield "a pad of 100", area(b"", 100)
    yield "a pad that is not zero", area(b"", 512, b"x")
    yield "a pad beyond all signatures", area(b"", 5 << 20)


def end_mutations(bundle):
    body = bundle.raw[:-1024]
    for count in (0, 1, 3, 4, 19, 128, 130, 131):
        yield f"end: {count} zero blocks", body + BLOCK * count
    for count in (1, 511, 513, 65535, 65536, 65537):
        yield f"end: {count} zeros more", bundle.raw + bytes(count)
    yield "end: a zero block, then garbage", body + BLOCK + b"garbage!" * 64
    yield "end: garbage right after it", bundle.raw + b"garbage"
    yield "end: garbage after 9 KiB of zeros", bundle.raw + bytes(9216) + b"garbage"
    yield "end: another bundle after it", bundle.raw + bundle.raw
    yield "end: another bundle instead of it", body + bundle.raw
    yield "end: its own members instead of it", body + body + bytes(1024)
    yield "end: a file after it", bundle.raw + put(bundle.first, name=b"late") + bytes(1024)
    yield "end: a file after one block", body + BLOCK + put(bundle.first, name=b"late") + bytes(1024)
    yield "front: a zero block", BLOCK + bundle.raw
    yield "front: two zero blocks", BLOCK * 2 + bundle.raw
    yield "front: one byte", b"\0" + bundle.raw
    yield "all: nothing", b""
    yield "all: zeros only", bytes(10240)
    yield "all: whole records, as tar writes them", bundle.raw + bytes(-len(bundle.raw) % 10240)
    for what, change in (("another time", {"mtime": b"14524770400 "}), ("the latest time", {"mtime": b"7" * 11 + b" "}),
                         ("the earliest time", {"mtime": b"0" * 11 + b" "}),
                         ("a time with a NUL", {"mtime": b"14524770400\0"}),
                         ("GNU's form", {"magic": b"ustar  \0", "mode": b"0000644\0", "uid": b"0000000\0",
                                         "gid": b"0000000\0", "major": b"", "minor": b""}),
                         ("pax's owner", {"user": b"root", "group": b"root"}),
                         ("mode 600", {"mode": b"000600 \0"})):
        yield f"all: {what}", bundle.join([[put(head, **change), body] for head, body in bundle.pieces()])


def structured(bundle, share):
    """(name, bytes) of hand-written mutations; of the many, one in share."""
    blob = len(bundle.names) - 2
    many = []
    for n in (0, blob):
        short = bundle.names[n][:10]
        many += [(f"{short} {name}", bundle.with_head(n, head))
                 for name, head in field_mutations(bundle, n) if head != bundle.members[n].head]
    for n in (0, 1, blob, len(bundle.names)):
        many += [(f"before {n}: {name}", bundle.with_extra(n, extra)) for name, extra in extras(bundle, n)]
    yield from many[::share]
    yield from member_mutations(bundle)
    yield from area_mutations(bundle)
    yield from end_mutations(bundle)


# ---- every byte of every header ----

def bytewise(bundle):
    """(name, member, its changed header)"""
    for n, at in itertools.product(range(len(bundle.members)), range(512)):
        head = bundle.members[n].head
        for value in {0, 0x20, 0x37, 0x80, head[at] ^ 1}:
            altered = bytearray(head)
            altered[at] = value
            altered = bytes(altered) if 148 <= at < 156 else summed(altered)
            if altered != head:
                yield f"member {n}: byte {at} is {value:#04x}", n, altered


def judge(program, folder, job):
    number, (name, data) = job
    path = os.path.join(folder, f"{number}.tar")
    with open(path, "wb") as file:
        file.write(data)
    status, result = verify(program, path)
    odd = []
    if status == 0:
        odd = disagreements(path, result)
    elif status not in REFUSALS or not result.get("error", {}).get("reason"):
        odd = [f"exit {status}, {result.get('error')}"]
    os.unlink(path)
    return name, status, result.get("error", {}).get("reason"), odd


def reviewed():
    with open(os.path.join(HERE, "tar_accepted.txt"), encoding="utf-8") as file:
        return {line.rstrip("\n") for line in file if line[0] not in "#\n"}


def chosen(bundle, how_many):
    yield from structured(bundle, 5 if how_many == "some" else 1)
    changes = list(bytewise(bundle))
    for name, n, head in changes if how_many == "every" else random.Random(7).sample(changes, 60):
        yield name, bundle.with_head(n, head)


def main():
    program, path, folder, how_many = sys.argv[1:]
    with open(path, "rb") as file:
        bundle = Bundle(file.read())
    assert bundle.join(bundle.pieces()) == bundle.raw, "the pieces do not make the bundle"
    counts, left = collections.Counter(), reviewed()
    with ThreadPoolExecutor(2) as pool:
        for name, status, reason, odd in pool.map(lambda job: judge(program, folder, job),
                                                  enumerate(chosen(bundle, how_many))):
            counts["accepted" if status == 0 else f"refused for {reason}"] += 1
            if status == 0 and name not in left:
                odd.append("accepted, and not in tar_accepted.txt, or twice")
            elif status == 0:
                left.remove(name)
            for line in odd:
                print(f"odd {name}: {line}")
    for name in sorted(left):
        print(f"odd {name}: in tar_accepted.txt, and not accepted")
    print(f"counts {sum(counts.values())} mutations:",
          ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))


if __name__ == "__main__":
    main()
