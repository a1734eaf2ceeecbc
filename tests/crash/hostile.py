# SPDX-License-Identifier: Apache-2.0
"""hostile.py - bundles, layers and answers that are built to cost as much as they can."""
import base64
import gzip
import http.server
import struct
import threading

from bundles import CONFIG, INDEX, LAYER, MANIFEST, Bundle, compact, header, sha256

MIB = 1 << 20
NO_DIGEST = "sha256:" + "0" * 64


# ---- bundles ----

def manifest(config, layers=b"", annotations=b""):
    """A manifest as bytes; layers and annotations are JSON without their brackets."""
    return (b'{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s],"annotations":{%s}}'
            % (MANIFEST.encode(), compact(config), layers, annotations))


def bundle_of(path, document, media_type=MANIFEST, more=(), **how):
    """A bundle with one document, the config {} and more objects."""
    bundle = Bundle()
    top = bundle.document(document, media_type)
    bundle.blob(b"{}")
    for one in more:
        bundle.place(one)
    bundle.name("host.test/app:1", top)
    bundle.write(path, **how)
    return bundle


def plain(path, **how):
    return bundle_of(path, manifest(empty_config()), **how)


def empty_config():
    return {"mediaType": CONFIG, "digest": "sha256:" + sha256(b"{}"), "size": 2}


def many_names(path, count):
    bundle = Bundle()
    top = bundle.document(manifest(empty_config()), MANIFEST)
    bundle.blob(b"{}")
    for n in range(count):
        bundle.name(f"h.test/{n}/" + "/".join(["p" * 60] * 3) + ":" + "t" * 120, top)
    bundle.write(path)


def many_objects(path, manifests, layers, tags=1):
    """So many manifests, all with the same layers, under so many names each."""
    bundle = Bundle()
    small = [bundle.blob(b"%d" % n, placed=False) for n in range(layers)]
    listed = b",".join(compact(one.descriptor(LAYER)) for one in small)
    for n in range(manifests):
        top = bundle.document(manifest(empty_config(), listed, b'"n":"%d"' % n), MANIFEST)
        for tag in range(tags):
            bundle.name(f"host.test/app{n}-{tag}:1", top)
    bundle.blob(b"{}")
    for one in small:
        bundle.place(one)
    bundle.write(path)


def deep_indexes(path, depth):
    bundle = Bundle()
    chain = [bundle.document(manifest(empty_config()), MANIFEST, placed=False)]
    for _ in range(depth):
        chain.append(bundle.document({"manifests": [chain[-1].descriptor()]}, INDEX, placed=False))
    for one in reversed(chain):
        bundle.place(one)
    bundle.blob(b"{}")
    bundle.name("host.test/app:1", chain[-1])
    bundle.write(path)


def annotations(count):
    return b",".join(b'"%d":""' % n for n in range(count))


def signatures(path, count, size):
    """Each a JSON document of that size, which is not a signature."""
    bundle = Bundle()
    top = bundle.document(manifest(empty_config()), MANIFEST)
    bundle.blob(b"{}")
    bundle.name("host.test/app:1", top)
    body = b'{"a":[' + b"{}," * (size // 3 - 5) + b"{}]}"
    bundle.signatures = [(f"{n:016x}.sigstore.json", body.ljust(size)) for n in range(count)]
    bundle.pad = 0
    bundle.write(path)


def cosign_key(n, r, p):
    """An encrypted key whose passphrase is guessed at that cost."""
    box = compact({"kdf": {"name": "scrypt", "params": {"N": n, "r": r, "p": p},
                           "salt": base64.b64encode(bytes(32)).decode()},
                   "cipher": {"name": "nacl/secretbox", "nonce": base64.b64encode(bytes(24)).decode()},
                   "ciphertext": base64.b64encode(bytes(200)).decode()})
    name = b"ENCRYPTED SIGSTORE PRIVATE KEY"
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (name, base64.encodebytes(box), name)


# ---- archives of docker save ----

def docker_archive(path, members):
    """A tar of (name, bytes)."""
    with open(path, "wb") as file:
        for name, body in members:
            file.write(member(name, body))
        file.write(bytes(1024))


def docker_images(count, config, layers):
    """manifest.json of so many images."""
    return ("manifest.json", compact([{"Config": config, "RepoTags": None, "Layers": layers}] * count))


def docker_config(diff_ids, more=b""):
    return compact({"rootfs": {"type": "layers", "diff_ids": diff_ids}})[:-1] + more + b"}"


def many_members(path, count):
    """Empty members with names as long as they may be without an extension."""
    with open(path, "wb") as file:
        for n in range(count):
            file.write(header(f"{n:0100d}", 0))
        file.write(bytes(1024))


# ---- layers ----

def layered(path, layers, media_type):
    """A bundle with one image of these layers, whose config names other contents."""
    bundle = Bundle()
    blobs = [bundle.blob(layer, placed=False) for layer in layers]
    config = bundle.blob(compact({"rootfs": {"type": "layers", "diff_ids": [NO_DIGEST] * len(layers)}}),
                         placed=False)
    top = bundle.document({"config": config.descriptor(CONFIG),
                           "layers": [blob.descriptor(media_type) for blob in blobs]}, MANIFEST)
    for one in (config, *blobs):
        bundle.place(one)
    bundle.name("host.test/app:1", top)
    bundle.write(path)


def member(name, body, kind=b"0", **fields):
    """One of a tar; fields: "at1234" of the header."""
    head = bytearray(header(name, len(body)))
    head[156:157] = kind
    for at, value in fields.items():
        head[int(at[2:]):int(at[2:]) + len(value)] = value
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + body + bytes(-len(body) % 512)


def record(key, value):
    line = b" %s=%s\n" % (key, value)
    length = len(line)
    while len(b"%d" % length + line) != length:
        length = len(b"%d" % length + line)
    return b"%d" % length + line


def holes(count):
    """A file with so many holes, listed in its body as pax 1.0 has it."""
    about = record(b"GNU.sparse.major", b"1") + record(b"GNU.sparse.minor", b"0")
    about += record(b"GNU.sparse.name", b"x") + record(b"GNU.sparse.realsize", b"0")
    return member("about", about, b"x") + member("x", b"%d\n" % count + b"0\n0\n" * count) + bytes(1024)


def old_holes(blocks):
    """The same in blocks of 21 after the header, in the old GNU format."""
    one = b"00000000000\0" * 2
    head = member("x", b"", b"S", at257=b"ustar  \0", at345=bytes(41) + one * 4 + b"\1" + one[:12])
    return head + ((one * 21).ljust(504, b"\0") + b"\1" + bytes(7)) * blocks + bytes(1024)


def empty_files(count):
    return member("x", b"") * count + bytes(1024)


def long_name(size):
    return member("././@LongLink", b"n" * size + b"\0", b"L", at257=b"ustar  \0") + member("x", b"") + bytes(1024)


def long_record(size):
    return member("about", record(b"path", b"n" * size), b"x") + member("x", b"") + bytes(1024)


def packed(data):
    return gzip.compress(data, 9, mtime=0)


def zstd_zeros(size, window=17, pad=0):
    """A frame of zeros with a window of 2^window bytes, and a frame to skip that pads it."""
    out = [b"\x28\xb5\x2f\xfd\x00", bytes([(window - 10) << 3])]
    for left in range(size, 0, -(128 << 10)):
        out.append(struct.pack("<I", (min(left, 128 << 10) << 3) | 2 | (left <= 128 << 10))[:3] + b"\0")
    return b"".join(out) + b"\x50\x2a\x4d\x18" + struct.pack("<I", pad) + b"pad!" * (pad // 4)


# ---- a registry ----

class Registry:
    """Answers each path with a pair (type, bytes), or with a function(handler)."""

    def __init__(self):
        answers = self.answers = {"/v2/": ("application/json", b"{}")}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet for headers and body: no wait for a delayed acknowledgement

            def log_message(self, *_):
                pass

            def do_GET(self):
                answer = answers.get(self.path.partition("?")[0])
                try:
                    if callable(answer):
                        answer(self)
                    else:
                        reply(self, 200 if answer else 404, *(answer or ("text/plain", b"")))
                except OSError:  # the client closed the connection
                    self.close_connection = True

            do_HEAD = do_GET

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # the client closed the connection, as it should

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.host = f"127.0.0.1:{self._server.server_port}"

    def document(self, repo, tag, data, media_type):
        digest = "sha256:" + sha256(data)
        for name in (digest, tag):
            self.answers[f"/v2/{repo}/manifests/{name}"] = (media_type, data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def index_of(self, repo, documents):
        children = [self.document(repo, "-", data, MANIFEST) for data in documents]
        self.document(repo, "v1", compact({"schemaVersion": 2, "mediaType": INDEX,
                                           "manifests": children}), INDEX)
        return f"{self.host}/{repo}:v1"


def reply(handler, status, media_type, body, *headers):
    handler.send_response(status)
    for name, value in (("Content-Type", media_type), ("Content-Length", str(len(body))), *headers):
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command == "GET":
        handler.wfile.write(body)


def endless_body(status):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", MANIFEST)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)
    return answer


def endless_headers(handler):
    handler.send_response(200)
    while True:
        handler.send_header("X-More", "x" * 1000)
        handler.flush_headers()


def endless_pages(repo, tags):
    """Each page has so many tags, and there is always a next one."""
    def answer(handler):
        page = int((handler.path.partition("last=")[2] or "0").partition("&")[0])
        body = compact({"name": repo, "tags": [f"t{page}-{n}" for n in range(tags)]})
        reply(handler, 200, "application/json", body,
              ("Link", f'</v2/{repo}/tags/list?last={page + 1}>; rel="next"'))
    return answer


def endless_redirects(handler):
    reply(handler, 307, "text/plain", b"",
          ("Location", handler.path.partition("?")[0] + "?" + "x" * (len(handler.path) % 5000)))


def wants_token(host):
    return lambda handler: reply(handler, 401, "text/plain", b"",
                                 ("WWW-Authenticate", f'Bearer realm="http://{host}/token",service="x"'))
