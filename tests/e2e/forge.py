#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make bundles as an attacker or a faulty exporter would, some with a valid signature.

    forge.py BUNDLE OTHER KEYS FOLDER

BUNDLE was signed by KEYS/signer.key, OTHER is another bundle by the same key.  KEYS also has
stranger.key.  Writes FOLDER/NUMBER.tar and prints lines "NUMBER CASE CODE REASON NAME": CASE is a
name of trust_cases.txt, CODE the expected exit status, REASON the reason in the result.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from damage import END, Member, flipped, join, members_of  # noqa: E402

AREA = 512 + 32768  # bytes of signatures/ and its pad
folder = keys = ""


def member(name, body, size=None, kind=b"0", fill=b"", field=None):
    """A tar member in the canonical form, or with one thing wrong."""
    size = len(body) if size is None else size
    head = bytearray(512)
    head[:100] = name.encode().ljust(100, b"\0")
    head[100:136] = b"000644 \x00000000 \x00000000 \x00" + (field or b"%011o " % size)
    head[136:148] = template[136:148]
    head[148:156] = b" " * 8
    head[156:157] = kind
    head[157:157 + len(fill)] = fill
    head[257:512] = template[257:512]
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + body + bytes(-len(body) % 512)


def openssl(*words, stdin=None):
    return subprocess.run(["openssl", *words], check=True, input=stdin,
                          capture_output=True).stdout


def key_id(name):
    der = openssl("pkey", "-in", f"{keys}/{name}.key", "-pubout", "-outform", "DER")
    return hashlib.sha256(der).digest()


def raw_signature(name, data):
    path = f"{folder}/to-sign"
    with open(path, "wb") as file:
        file.write(data)
    return openssl("dgst", "-sha256", "-sign", f"{keys}/{name}.key", path)


def text(data):
    return base64.b64encode(data).decode()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def bundle_of(key, digest, signature):
    return compact({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": text(key_id(key))}},
        "messageSignature": {"messageDigest": {"algorithm": "SHA2_256", "digest": text(digest)},
                             "signature": text(signature)}})


def signature_file(key, data):
    return bundle_of(key, hashlib.sha256(data).digest(), raw_signature(key, data))


def area(files):
    """Signature files and the pad, as many bytes as always."""
    made = b"".join(member(f"signatures/{name}", body) for name, body in files)
    return made + member("signatures/.pad", bytes(AREA - len(made) - 512))


def by(key, number=None):
    return f"{key_id(key).hex()[:16] if number is None else '%016x' % number}.sigstore.json"


def assemble(index, files=None, sums=None, blobs=None, extra=b""):
    """A bundle with this index.json, signed by the right key unless files says otherwise."""
    files = [(by("signer"), signature_file("signer", index))] if files is None else files
    blobs = original[5:] if blobs is None else blobs
    sums = (sums_body if sums is None else sums)
    return (original[0].bytes + member("index.json", index) + area(files) + extra
            + member("SHA256SUMS", sums) + b"".join(b.bytes for b in blobs) + END)


def with_index(change):
    """index.json changed as text, and signed again."""
    return assemble(change(index_body))


def pins(index, sums, blobs):
    """index.json that fits other sums and blobs, so that only what is tested is wrong."""
    old = hashlib.sha256(sums_body).hexdigest()
    index = index.replace(old.encode(), hashlib.sha256(sums).hexdigest().encode())
    value = json.loads(index)
    value["annotations"]["dev.sealift.members"] = str(len(blobs) + 1)
    total = len(original[0].bytes) + AREA + len(member("SHA256SUMS", sums)) + \
        sum(len(b.bytes) for b in blobs) + len(END)
    for _ in range(3):
        value["annotations"]["dev.sealift.bytes"] = str(total + len(member("index.json", compact(value))))
    return compact(value)


# ---- changes without the key -------------------------------------------------------------

def unsigned_changes(raw, other):
    names = [m.name for m in original]
    index, sums = names.index("index.json"), names.index("SHA256SUMS")
    starts = [sum(len(m.bytes) for m in original[:n]) for n in range(len(original))]
    last = max(range(names.index("SHA256SUMS") + 1, len(original)), key=lambda n: original[n].size)

    yield "index-changed", 7, "bad-signature", "a byte of index.json changed", flipped(raw, starts[index] + 700)
    spaced = index_body.replace(b'{"schemaVersion":2', b'{"schemaVersion": 2', 1)
    yield "index-changed", 7, "bad-signature", "white space added to index.json", assemble(spaced, signed)
    yield "signature-missing", 7, "unsigned", "no signature", assemble(index_body, [])
    yield "signer-unknown", 7, "unknown-signer", "signed by a stranger", \
        assemble(index_body, [(by("stranger"), signature_file("stranger", index_body))])
    yield "signature-of-other-bundle", 7, "bad-signature", "the signature of another bundle", assemble(index_body, other)
    yield "index-repeated", 6, "duplicate", "a second index.json", \
        join(original[:index + 1] + [original[index]] + original[index + 1:])
    yield "index-repeated", 6, "extra", "another ./index.json", \
        join(original[:index + 1] + [original[index].renamed("./index.json")] + original[index + 1:])
    yield "index-repeated", 6, "duplicate", "index.json again at the end", join(original + [original[index]])
    yield "blob-changed", 6, "digest", "a byte of a blob changed", flipped(raw, starts[last] + 512 + 10)
    yield "blob-set-changed", 6, "missing", "the last blob missing", join(original[:-1])
    yield "blob-set-changed", 6, "order", "two blobs in the wrong order", join(original[:-2] + original[:-3:-1])
    yield "blob-set-changed", 6, "extra", "a blob too much", \
        join(original + [original[-1].renamed("blobs/sha256/" + "0" * 64)])
    yield "sums-changed", 6, "sums", "SHA256SUMS changed", flipped(raw, starts[sums] + 512 + 5)
    commented = sums_body + b"# hello\n"
    yield "sums-changed", 6, "sums", "a comment in SHA256SUMS", assemble(index_body, signed, commented)
    yield "padding-not-zero", 6, "interrupted-sign", "data in the pad", \
        flipped(raw, starts[names.index("signatures/.pad")] + 512 + 999)
    yield "truncated", 6, "truncated", "cut in a blob", raw[:starts[last] + 512 + 20]
    yield "truncated", 6, "truncated", "cut before the end", raw[:-len(END)]
    yield "trailing-data", 6, "trailing", "bytes after the end", raw + b"more"
    yield "trailing-data", 6, "trailing", "a second archive after the end", raw + raw
    yield from odd_members(raw, starts[last])
    yield "signatures-misplaced", 6, "order", "the signature behind SHA256SUMS", \
        join([m for m in original[:sums + 1] if m not in signature_members]
             + signature_members + original[sums + 1:])
    yield "signatures-misplaced", 6, "order", "the signature behind the blobs", \
        join([m for m in original if m not in signature_members] + signature_members)
    yield from other_words()
    yield "signatures-too-many-or-large", 6, "extra", "65 signatures", \
        original[0].bytes + original[1].bytes + b"".join(
            member(f"signatures/{by('', n)}", b"{}") for n in range(65)) + \
        member("signatures/.pad", b"") + b"".join(m.bytes for m in original[sums:]) + END
    yield "signatures-too-many-or-large", 6, "size", "a signature of 64 KiB and a byte", \
        original[0].bytes + original[1].bytes + \
        member(f"signatures/{by('', 1)}", b" " * 65537) + member("signatures/.pad", b"") + \
        b"".join(m.bytes for m in original[sums:]) + END


def other_words():
    """The valid signature in renderings other than the canonical one."""
    name, file = signed[0]
    value = json.loads(file)
    hint = value["verificationMaterial"]["publicKey"]["hint"].encode()
    for what, changed in {
            "with a blank": file.replace(b'{"media', b'{ "media', 1), "with a line feed": file + b"\n",
            "in another order": compact(dict(reversed(list(value.items())))),
            "with an escape": file.replace(b'"hint"', b'"\\u0068int"', 1),
            "with an escaped slash": file.replace(b"application/", b"application\\/", 1),
            "with an idle field": file.replace(b'"publicKey"', b'"tlogEntries":[],"publicKey"', 1),
            "without its hint": file.replace(hint, b"", 1)}.items():
        assert changed != file, what
        yield "signature-reworded", 7, "bad-signature", f"a signature {what}", assemble(index_body, [(name, changed)])
    yield "signature-reworded", 7, "bad-signature", "a signature under another name", \
        assemble(index_body, [(by("", 1), file)])


def odd_members(raw, at):
    """In the place of the largest blob: what other archives may hold."""
    name, rest = Member(raw, at).name, raw[at:]
    kinds = {"symbolic link": b"2", "hard link": b"1", "folder": b"5", "device": b"3",
             "pipe": b"6", "pax header": b"x", "global pax header": b"g", "GNU long name": b"L",
             "sparse file": b"S"}
    for what, kind in kinds.items():
        target = b"etc/passwd" if kind in b"12" else b""
        yield "member-type-unexpected", 6, "header", f"a {what}", raw[:at] + member(name, b"", kind=kind, fill=target) + rest
    broken = bytearray(raw)
    broken[at + 150] ^= 1
    yield "tar-header-wrong", 6, "header", "a wrong checksum", bytes(broken)
    for what, field in {"a malformed size": b"12x45670000 ", "a negative size": b"-0000000001 ",
                        "a size in base 256": b"\x80" + bytes(10) + b"\x20",
                        "a negative size in base 256": b"\xff" * 12}.items():
        yield "tar-header-wrong", 6, "header", what, raw[:at] + member(name, b"", field=field) + rest[512:]
    huge = member("index.json", b"", size=1 << 30)
    yield "tar-header-wrong", 6, "size", "an index.json of 1 GiB", original[0].bytes + huge + raw[at:]


# ---- signed by the right key, but invalid ---------------------------------------------------

def signed_changes():
    def change(old, new):
        assert old in index_body, old
        return with_index(lambda body: body.replace(old, new, 1))

    plain = compact({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                     "manifests": json.loads(index_body)["manifests"]})
    yield "image-index-not-a-bundle", 6, "format", "a signed image index that is not a bundle", \
        assemble(plain)
    yield "dsse-envelope", 7, "bad-signature", "a DSSE envelope", assemble(index_body, [(by("signer"), dsse())])
    yield "key-inside-signature", 7, "bad-signature", "a bundle that brings its own key", \
        assemble(index_body, [(by("stranger"), legacy())])

    yield "index-json-ambiguous", 6, "json", "a key twice", change(b'"schemaVersion":2,', b'"schemaVersion":2,"schemaVersion":2,')
    yield "index-json-ambiguous", 6, "format", "Manifests beside manifests", change(b'"manifests":', b'"Manifests":[],"manifests":')
    yield "index-json-ambiguous", 6, "json", "deep nesting", change(b'"schemaVersion":2', b'"schemaVersion":' + b"[" * 5000 + b"]" * 5000)
    yield "index-json-ambiguous", 6, "json", "a NUL in a text", change(b'"dev.sealift.tool":"', b'"dev.sealift.tool":"\\u0000')
    yield "index-json-ambiguous", 6, "json", "a NUL byte behind a number", change(b'"schemaVersion":2', b'"schemaVersion":2\0')
    yield "index-json-ambiguous", 6, "json", "invalid UTF-8", change(b'"dev.sealift.tool":"', b'"dev.sealift.tool":"\xff')
    yield "index-json-ambiguous", 6, "json", "something after the end", with_index(lambda body: body + b"{}")

    first = json.loads(index_body)["manifests"][0]
    size = b'"size":%d' % first["size"]
    yield "sizes-disagree", 6, "size", "a descriptor with another size", change(size, b'"size":%d' % (first["size"] + 1))
    double = dict(first, size=first["size"] + 1,
                  annotations={"org.opencontainers.image.ref.name": "host.test/other:1"})
    yield "sizes-disagree", 6, "size", "one digest with two sizes", \
        with_index(lambda body: body.replace(b'"manifests":[', b'"manifests":[' + compact(double) + b",", 1))

    # The last blob is taken out of everything that names it, except of the image.
    gone = original[-1].name.encode()
    short = b"".join(line for line in sums_body.splitlines(keepends=True) if gone not in line)
    yield "object-unaccounted", 6, "missing", "an object that nothing lists", \
        assemble(pins(index_body, short, original[5:-1]), sums=short, blobs=original[5:-1])

    name = first["annotations"]["org.opencontainers.image.ref.name"].encode()
    for what, bad in {"../ in a name": b"host.test/../../x:1", "a new line in a name": b"host.test/a\\nb:1",
                      "an escape in a name": b"host.test/\\u001b[2Jx:1"}.items():
        yield "names-and-targets", 6, "format", what, with_index(lambda body, bad=bad: body.replace(name, bad))


def dsse():
    kind, payload = b"application/vnd.in-toto+json", index_body
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    return compact({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": text(key_id("signer"))}},
        "dsseEnvelope": {"payload": text(payload), "payloadType": kind.decode(),
                         "signatures": [{"sig": text(raw_signature("signer", pae))}]}})


def legacy():
    pem = openssl("pkey", "-in", f"{keys}/stranger.key", "-pubout")
    return compact({"base64Signature": text(raw_signature("stranger", index_body)), "cert": text(pem)})


# ---- valid, or decided by the policy --------------------------------------------------------

def point(der):
    """r and s of an ECDSA signature, as some write them: side by side."""
    at, halves = 2, b""
    for _ in range(2):
        number = der[at + 2:at + 2 + der[at + 1]].lstrip(b"\0")
        halves += number.rjust(32, b"\0")
        at += 2 + der[at + 1]
    return halves


def others():
    stranger = (by("stranger"), signature_file("stranger", index_body))
    yield "stranger", assemble(index_body, sorted([*signed, stranger]))
    yield "twice", assemble(index_body, [(by("signer"), signature_file("signer", index_body)),
                                         (by("", 2), signature_file("signer", index_body))])
    der = raw_signature("signer", index_body)
    digest = hashlib.sha256(index_body).digest()
    yield "reencoded", assemble(index_body, [(by("signer"), bundle_of("signer", digest, der)),
                                             (by("", 2), bundle_of("signer", digest, point(der)))])


def main():
    global folder, keys, original, template, index_body, sums_body, signed, signature_members
    bundle, other, keys, folder = sys.argv[1:]
    with open(bundle, "rb") as file:
        raw = file.read()
    with open(other, "rb") as file:
        others_members = members_of(file.read())
    original = members_of(raw)
    template = original[0].head
    index_body = original[1].body[:original[1].size]
    sums_body = original[4].body[:original[4].size]
    assert [m.name for m in original[:2]] == ["oci-layout", "index.json"]
    assert original[4].name == "SHA256SUMS"
    signature_members = [original[2]]
    signed = [(by("signer"), original[2].body[:original[2].size])]
    stolen = [(by("signer"), others_members[2].body[:others_members[2].size])]
    assert assemble(index_body, signed) == raw, "the pieces do not make the bundle"
    changes = [*unsigned_changes(raw, stolen), *signed_changes()]
    for number, (case, code, reason, name, data) in enumerate(changes):
        with open(f"{folder}/{number}.tar", "wb") as file:
            file.write(data)
        print(number, case, code, reason, name)
    for name, data in others():
        with open(f"{folder}/{name}.tar", "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
