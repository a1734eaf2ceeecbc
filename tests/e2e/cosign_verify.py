#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Verify a signature as "cosign verify-blob --key KEY --bundle BUNDLE BLOB" does, with openssl.

    cosign_verify.py KEY BUNDLE BLOB     exit 0 when it is valid; else print why not and exit 1

cosign requires: a bundle of a version it knows, with a public key as verification material and a
message signature; a digest, where there is one, equal to that of the blob; and a signature by KEY
over the blob (over its digest, except for Ed25519).
"""
import base64
import hashlib
import json
import subprocess
import sys
import tempfile

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, check=False)


def fault(key, bundle, blob):
    """What is wrong, or None."""
    with open(bundle, encoding="utf-8") as file:
        value = json.load(file)
    if value["mediaType"] != MEDIA_TYPE:
        return "unknown media type"
    if set(value["verificationMaterial"]) != {"publicKey"}:
        return "no public key in the verification material"
    der = openssl("pkey", "-pubin", "-in", key, "-outform", "DER").stdout
    hint = base64.b64decode(value["verificationMaterial"]["publicKey"]["hint"], validate=True)
    if hint != hashlib.sha256(der).digest():
        return "the hint names another key"
    with open(blob, "rb") as file:
        digest = hashlib.sha256(file.read()).digest()
    stated = value["messageSignature"]["messageDigest"]
    if stated["algorithm"] != "SHA2_256" or base64.b64decode(stated["digest"], validate=True) != digest:
        return "digest mismatch"
    with tempfile.NamedTemporaryFile() as file:
        file.write(base64.b64decode(value["messageSignature"]["signature"], validate=True))
        file.flush()
        if b"ED25519" in openssl("pkey", "-pubin", "-in", key, "-noout", "-text").stdout:
            run = openssl("pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", blob,
                          "-sigfile", file.name)
        else:
            run = openssl("dgst", "-sha256", "-verify", key, "-signature", file.name, blob)
    return None if run.returncode == 0 else "invalid signature"


def main():
    found = fault(*sys.argv[1:])
    if found:
        sys.exit(found)


if __name__ == "__main__":
    main()
