#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hand out tokens for docker-registry, as token servers of registries do.

    token_server.py FOLDER USER:PASSWORD [--short]

FOLDER has token.key and token.pem, which the registry trusts.  A client with the password
gets what it asks for; anonymous requests get a token that is good for pulling charts only.
With --short the first token for each scope ends after some seconds although the answer
says otherwise.  Prints its realm, writes one line a request to FOLDER/tokens.log, "USER SCOPE..."
with "-" for anonymous, and runs until it is killed.
"""
import base64
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FOLDER, CREDENTIALS = sys.argv[1:3]
SHORT = "--short" in sys.argv[3:]
LEEWAY = 60  # seconds for which docker-registry takes a token that has ended
LOCK = threading.Lock()
seen = set()


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate():
    with open(os.path.join(FOLDER, "token.pem"), encoding="ascii") as pem:
        return "".join(line.strip() for line in pem if not line.startswith("-"))


def raw_signature(der):
    """The two numbers of an ECDSA signature, 32 bytes each, out of their DER."""
    numbers, at = b"", 2
    for _ in range(2):
        size = der[at + 1]
        numbers += der[at + 2:at + 2 + size].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + size
    return numbers


def make_token(access, end):
    head = {"typ": "JWT", "alg": "ES256", "x5c": [certificate()]}
    claims = {"iss": "sealift-tests", "sub": "", "aud": "test", "jti": str(time.monotonic_ns()),
              "iat": end - 600, "nbf": end - 600, "exp": end, "access": access}
    signed = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign",
                          os.path.join(FOLDER, "token.key")],
                         input=signed.encode(), stdout=subprocess.PIPE, check=True).stdout
    return f"{signed}.{encode(raw_signature(der))}"


def granted(scope, user):
    kind, rest = scope.split(":", 1)
    name, _, actions = rest.rpartition(":")
    if user == "-" and not name.startswith("charts/"):
        return None
    allowed = [a for a in actions.split(",") if user != "-" or a == "pull"]
    return {"type": kind, "name": name, "actions": allowed}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, fields):
        body = json.dumps(fields).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        scopes = [one for value in parse_qs(urlsplit(self.path).query).get("scope", [])
                  for one in value.split(" ")]
        user = "-"
        header = self.headers.get("Authorization")
        if header:
            pair = base64.b64decode(header.partition(" ")[2]).decode()
            user = pair.partition(":")[0]
            if pair != CREDENTIALS:
                user = "wrong"
        with LOCK, open(os.path.join(FOLDER, "tokens.log"), "a", encoding="utf-8") as log:
            log.write(" ".join([user, *scopes]) + "\n")
            short = SHORT and tuple(scopes) not in seen
            seen.add(tuple(scopes))
        if user == "wrong":
            self.answer(401, {"details": "incorrect username or password"})
            return
        access = [one for one in (granted(scope, user) for scope in scopes) if one]
        end = int(time.time()) + (3 - LEEWAY if short else 300)
        self.answer(200, {"token": make_token(access, end), "expires_in": 300})


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/token", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
