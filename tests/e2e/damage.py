#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damage a bundle in every way that a carrier, a disk or an enemy might.

    damage.py variants BUNDLE FOLDER            write damaged copies; print "CODES NAME" lines
    damage.py sweep BUNDLE FOLDER COUNT CMD...  flip a byte in COUNT places, run CMD FILE each
                                                time and print the places that it accepted
    damage.py spoil BUNDLE COPY PART...         spoil parts of a copy, such as header:7, body:9,
                                                padding:12, blocks:9 (body and padding), all:3
                                                (members count from 0), cut:OFFSET;
                                                print "OFFSET SIZE" of what verify should report

CODES are the exit codes with which sealift may refuse that copy, as "6", "7" or "6,7".
"""
import gzip
import hashlib
import os
import random
import subprocess
import sys

END = bytes(1024)


class Member:
    """A header and a body with its padding, cut out of a tar."""

    def __init__(self, raw, start):
        head = raw[start:start + 512]
        self.name = head[:100].rstrip(b"\0").decode()
        self.size = int(head[124:135], 8)
        self.end = start + 512 + -(-self.size // 512) * 512
        self.head = head
        self.body = raw[start + 512:self.end]

    @property
    def bytes(self):
        return self.head + self.body

    def renamed(self, name):
        copy = object.__new__(Member)
        copy.__dict__.update(self.__dict__, name=name)
        head = bytearray(self.head)
        head[:100] = name.encode().ljust(100, b"\0")
        head[148:156] = b" " * 8
        head[148:156] = b"%06o\0 " % sum(head)
        copy.head = bytes(head)
        return copy

    def with_body(self, body):
        """The same name with other content of the same length."""
        assert len(body) == self.size
        copy = object.__new__(Member)
        copy.__dict__.update(self.__dict__, body=body.ljust(len(self.body), b"\0"))
        return copy


def members_of(raw):
    members, at = [], 0
    while raw[at:at + 512] != bytes(512):
        members.append(Member(raw, at))
        at = members[-1].end
    assert raw[at:] == END, "the bundle to begin with is not in order"
    return members


def join(members):
    return b"".join(member.bytes for member in members) + END


def flipped(raw, place):
    return raw[:place] + bytes([raw[place] ^ 0x01]) + raw[place + 1:]


def flips(raw, members):
    at = 0
    for member in members:
        yield "6", f"one bit in the header of {member.name}", flipped(raw, at + 130)
        kind = "7" if member.name == "index.json" or ".sigstore.json" in member.name else "6"
        if member.size:
            yield kind, f"one bit in {member.name}", flipped(raw, at + 512 + member.size // 2)
        if member.size % 512:
            yield "6", f"one bit in the padding of {member.name}", flipped(raw, at + len(member.bytes) - 1)
        at += len(member.bytes)
    yield "6", "one bit in the two blocks of the end", flipped(raw, len(raw) - 700)


def rearranged(members):
    for n, member in enumerate(members):
        # Without its signature a bundle is unsigned before it is anything else.
        kind = "6,7" if member.name.startswith("signatures/") else "6"
        yield kind, f"{member.name} missing", join(members[:n] + members[n + 1:])
        yield kind, f"{member.name} twice", join(members[:n + 1] + members[n:])
        if n + 1 < len(members):
            swapped = members[:n] + [members[n + 1], member] + members[n + 2:]
            kind = "6,7" if members[n + 1].name.startswith("signatures/") else kind
            yield kind, f"{member.name} after {members[n + 1].name}", join(swapped)
    stranger = members[-1].renamed("blobs/sha256/" + hashlib.sha256(b"stranger").hexdigest())
    yield "6", "a blob that is not listed", join(members + [stranger])
    yield "6", "a file beside the blobs", join(members + [members[-1].renamed("README")])
    yield "6", "a member that climbs out", join(members + [members[-1].renamed("../../etc/passwd")])
    yield "6", "a renamed blob", join(members[:-1] + [stranger])


def cut(raw, members):
    at = 0
    for member in members:
        yield "6", f"cut before {member.name}", raw[:at]
        yield "6", f"cut inside the header of {member.name}", raw[:at + 300]
        if member.size:
            yield "6", f"cut inside {member.name}", raw[:at + 512 + member.size // 2]
        at += len(member.bytes)
    yield "6", "cut before the end", raw[:at]
    yield "6", "cut by half of the end", raw[:at + 512]
    yield "6", "cut by the last byte", raw[:-1]


def appended(raw):
    yield "6", "a byte after the end", raw + b"\n"
    yield "6", "a second archive after the end", raw + raw
    yield "6", "far too many zeros after the end", raw + bytes((64 << 10) + 512)
    yield "6", "something behind zeros after the end", raw + bytes(10240) + b"x"
    yield "6", "compressed as a whole", gzip.compress(raw)
    yield "6", "not a tar at all", b"hello\n" * 1000


def forged(members):
    """Changes by an attacker who knows the format but has no key."""
    by_name = {member.name: n for n, member in enumerate(members)}
    place = max(n for n, member in enumerate(members) if member.size > 1000)
    layer, sums = members[place], members[by_name["SHA256SUMS"]]
    body = flipped(layer.body[:layer.size], layer.size // 2)
    was, now = layer.name.rpartition("/")[2], hashlib.sha256(body).hexdigest()
    blob = layer.with_body(body).renamed("blobs/sha256/" + now)
    new_sums = sums.with_body(sums.body[:sums.size].replace(was.encode(), now.encode()))
    copy = list(members)
    copy[place], copy[by_name["SHA256SUMS"]] = blob, new_sums
    yield "6", "another blob, and the sums made to agree", join(copy)

    lines = sums.body[:sums.size].splitlines(keepends=True)
    lines[-2:] = lines[:-3:-1]
    swapped = [*members[:-2], members[-1], members[-2]]
    swapped[by_name["SHA256SUMS"]] = sums.with_body(b"".join(lines))
    yield "6", "two blobs exchanged, and the sums made to agree", join(swapped)

    index = members[by_name["index.json"]]
    text = index.body[:index.size].replace(
        hashlib.sha256(sums.body[:sums.size]).hexdigest().encode(),
        hashlib.sha256(new_sums.body[:sums.size]).hexdigest().encode())
    copy[by_name["index.json"]] = index.with_body(text)
    yield "7", "another blob, and sums and index made to agree", join(copy)


def variants(raw):
    members = members_of(raw)
    yield from flips(raw, members)
    yield from rearranged(members)
    yield from cut(raw, members)
    yield from appended(raw)
    yield from forged(members)


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def sweep(raw, folder, count, command):
    places = random.Random(3).sample(range(len(raw)), min(count, len(raw)))
    for place in places:
        path = write(folder, "sweep.tar", flipped(raw, place))
        status = subprocess.run([*command, path], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, check=False).returncode
        if status not in (6, 7):
            print(f"byte {place}: exit {status}")


def spoil(raw, parts):
    """One wrong byte in each part; the ranges, in order."""
    members, at, starts, ranges = members_of(raw), 0, [], []
    for member in members:
        starts.append(at)
        at += len(member.bytes)
    for part, number in (part.split(":") for part in parts):
        if part == "cut":
            ranges.append((int(number), len(raw) - int(number)))
            raw = raw[:int(number)]
            continue
        member, header = members[int(number)], starts[int(number)]
        start, size = {"header": (header, 512), "body": (header + 512, member.size),
                       "padding": (header + 512 + member.size, -member.size % 512),
                       "blocks": (header + 512, len(member.body)),
                       "all": (header, len(member.bytes))}[part]
        raw = flipped(raw, start + (256 if part == "all" else size // 2))
        ranges.append((start, size))
    return raw, sorted(ranges)


def main():
    what, bundle, folder, *rest = sys.argv[1:]
    with open(bundle, "rb") as file:
        raw = file.read()
    if what == "sweep":
        sweep(raw, folder, int(rest[0]), rest[1:])
        return
    if what == "spoil":
        raw, ranges = spoil(raw, rest)
        write(os.path.dirname(folder), os.path.basename(folder), raw)
        print(*(f"{start} {size}" for start, size in ranges), sep="\n")
        return
    for number, (codes, name, data) in enumerate(variants(raw)):
        write(folder, f"{number}.tar", data)
        print(codes, name)


if __name__ == "__main__":
    main()
