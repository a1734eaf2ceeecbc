#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bounds.py - memory, processor time and messages stay within limits for every bundle and every
answer of a registry, and the exit status is a documented one.

    bounds.py [PART...]     from the build folder; the parts are keys, bundles, layers, archives,
                            registries

The limit on memory is 256 MiB for every case.  That on time is generous: it detects what
would take minutes.
"""
import hashlib
import lzma
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
import hostile  # noqa: E402
from bundles import INDEX, LAYER  # noqa: E402
from hostile import MIB  # noqa: E402
from tap import Tap  # noqa: E402

RSS_MAX_MIB = 256
SAID_MAX = 64 << 10  # bytes on standard error
IS_LONG = os.environ.get("SEALIFT_TESTS") == "long"
GOOD, AUTH, NETWORK, PROTOCOL, BAD, UNTRUSTED, NOT_FOUND, LIMIT = 0, 3, 4, 5, 6, 7, 9, 11

# In a separate process: the memory of this one would be counted for its children, too.
MEASURE = """
import os, sys
null, err = os.open(os.devnull, os.O_RDWR), os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[
    (os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, err, 2)])
_, status, used = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss >> 10, used.ru_utime + used.ru_stime)
"""


class Bench:
    """Runs the cases of one part, concurrently with other parts."""

    said = threading.Lock()  # guards tap and most
    tap = Tap()
    most = (0, "")

    def __init__(self, folder):
        self.folder = folder
        self.program = os.environ.get("SEALIFT") or os.path.join(
            os.environ.get("abs_top_builddir", os.getcwd()), "sealift")
        self.path = os.path.join(folder, "b.tar")

    def run(self, name, want, *words, seconds=20):
        """Run one command; check its exit status, memory, messages and processor time."""
        err = os.path.join(self.folder, "err")
        out = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, err, self.program, *words],
                             check=True, capture_output=True, env=self._environment()).stdout.split()
        status, rss, used = int(out[0]), int(out[1]), float(out[2])
        with open(err, "rb") as file:
            said = file.read(SAID_MAX + 1)
        wrong = []
        if status != want:
            wrong.append(f"exit {status}, not {want}: {said[:500].decode(errors='replace')}")
        if rss > RSS_MAX_MIB:
            wrong.append(f"{rss} MiB of memory, more than {RSS_MAX_MIB}")
        if used > seconds:
            wrong.append(f"{used:.1f} s of processor time, more than {seconds}")
        if len(said) > SAID_MAX:
            wrong.append(f"more than {SAID_MAX} bytes of messages")
        with self.said:
            Bench.most = max(self.most, (rss, name))
            self.tap.say(f"{name}: {rss} MiB, {used:.2f} s", wrong)

    def _environment(self):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": self.folder,
                "XDG_RUNTIME_DIR": self.folder}

    def verify(self, name, want, *words, **how):
        self.run(f"verify, {name}", want, "verify", "-q", "--insecure-skip-verify", *words, self.path, **how)

    def all_readers(self, name, want, target, landed=None, **how):
        """verify, inspect and import of the same bundle."""
        self.verify(name, want, **how)
        if not IS_LONG and landed is None and want != GOOD:
            return  # they would fail where verify failed
        self.run(f"inspect, {name}", want, "inspect", "-q", self.path, **how)
        self.run(f"import, {name}", want if landed is None else landed, "import", "-q", "--dry-run",
                 "--insecure-skip-verify", self.path, target, **how)

    def layers(self, name, want, layers, media_type, **how):
        hostile.layered(self.path, layers, media_type)
        self.verify(name, want, "--layers", **how)

    def export(self, name, want, *words, **how):
        self.run(f"export, {name}", want, "export", "-q", "--unsigned", "--dry-run", "--retries=0",
                 "-o", os.path.join(self.folder, "e.tar"), *words, **how)


def bundles(bench):
    """Bundles on a medium."""
    registry = hostile.Registry()
    path, target = bench.path, registry.host + "/mirror"
    hostile.many_names(path, 10000 if IS_LONG else 500)
    bench.all_readers("as many names as allowed, all as long as allowed", GOOD, target)
    for name, index in (("objects", b'{"a":[' + b"{}," * (5 * MIB) + b"{}]}"), ("arrays", b'{"a":' + b"[" * (15 * MIB)),
                        ("one text", b'{"a":"' + b"x" * (15 * MIB) + b'"}'), ("white space", b"{" + b" " * (15 * MIB)),
                        ("keys", b"{" + b",".join(b'"%d":1' % n for n in range(400000)) + b"}"),
                        ("one number", b'{"a":' + b"1" * (15 * MIB))):
        hostile.plain(path, index=index)
        bench.verify(f"index.json of {name}", BAD)
    for name, sums in (("what is left out", b"#omitted sha256:%s 1\n" % (b"0" * 64)),
                       ("blobs", b"%s  blobs/sha256/%s\n" % (b"0" * 64, b"0" * 64)), ("empty lines", b"\n")):
        hostile.plain(path, sums=sums * (63 * MIB // len(sums)))
        bench.verify(f"SHA256SUMS of {name}", BAD)
    hostile.plain(path, sums=b"\n" * (65 * MIB))
    bench.verify("SHA256SUMS beyond its bound", BAD)
    hostile.bundle_of(path, hostile.manifest(hostile.empty_config(), b"", hostile.annotations(600000)))
    bench.all_readers("a manifest of a million annotations", BAD, target)
    hostile.bundle_of(path, hostile.manifest(hostile.empty_config(), b"", hostile.annotations(200000 if IS_LONG else 80000)))
    bench.all_readers("a manifest of many annotations", GOOD, target)
    hostile.bundle_of(path, b'{"manifests":[' + b"{}," * (2 * MIB) + b"{}]}", INDEX)
    bench.verify("an index of empty objects", BAD)
    hostile.deep_indexes(path, 9)
    bench.verify("indexes in indexes", BAD)
    hostile.many_objects(path, 1, 9999 if IS_LONG else 2000)
    bench.verify("many tiny members", GOOD)
    hostile.signatures(path, 64, 65536)
    bench.run("verify, 64 signatures of 64 KiB", UNTRUSTED, "verify", "-q", "--key", public_key(bench), path)
    if IS_LONG:
        unreachable = "127.0.0.1:1/x"
        hostile.many_objects(path, 390, 9990)
        bench.all_readers("as many edges as allowed", GOOD, unreachable, landed=NETWORK,
                          seconds=200)
        hostile.many_objects(path, 1, 9990, tags=390)
        bench.all_readers("as many targets as allowed", GOOD, unreachable, landed=NETWORK,
                          seconds=200)


def public_key(bench):
    path = os.path.join(bench.folder, "key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", path, "-pubout", "-out", path + ".pub"], check=True)
    return path + ".pub"


def keys(bench):
    hostile.plain(bench.path)
    for name, cost in (("16 GiB", (1 << 24, 8, 1)), ("hours", (1 << 16, 8, 1 << 20)), ("more than there is", (1 << 62, 8, 1))):
        path = os.path.join(bench.folder, "costly.key")
        with open(path, "wb") as file:
            file.write(hostile.cosign_key(*cost))
        os.chmod(path, 0o600)
        os.environ["SEALIFT_PASSPHRASE"] = "guess"
        bench.run(f"sign, a key whose passphrase costs {name}", LIMIT, "sign", "-q", "--key", path, bench.path)


def layers(bench):
    gzipped, zstd = LAYER + "+gzip", LAYER + "+zstd"
    window = hostile.zstd_zeros(130 * MIB, window=27, pad=128 << 10)
    bench.layers("zstd with the largest windows", BAD,
                 [window + b"\x50\x2a\x4d\x18\4\0\0\0%04d" % n for n in range(16 if IS_LONG else 3)], zstd)
    bench.layers("zstd, a bomb", BAD, [hostile.zstd_zeros(1024 * MIB)], zstd)
    bench.layers("gzip, a bomb", BAD, [hostile.packed(bytes((1024 if IS_LONG else 64) * MIB))], gzipped)
    bench.layers("gzip in gzip", BAD, [hostile.packed(hostile.packed(bytes(16 * MIB)))], gzipped)
    bench.layers("a file of millions of holes", BAD, [hostile.packed(hostile.holes(6000000))], gzipped)
    bench.layers("a file of millions of holes, as old GNU tar has it", BAD,
                 [hostile.packed(hostile.old_holes(300000 if IS_LONG else 70000))], gzipped)
    bench.layers("many files", BAD, [hostile.packed(hostile.empty_files(2000000 if IS_LONG else 50000))], gzipped)
    bench.layers("a name of a megabyte", BAD, [hostile.long_name(1000000)], LAYER)
    bench.layers("a pax header of a megabyte", BAD, [hostile.long_record(1000000)], LAYER)
    bench.layers("a pax header of 200 KB", BAD, [hostile.long_record(200000)], LAYER)


def archives(bench):
    """Archives of docker save and the like."""
    path, source = bench.path, "docker-archive:" + bench.path
    name = ["--name", "host.test/app:1"]
    zeros = hashlib.sha256(bytes(1024)).hexdigest()

    hostile.many_members(path, 1000000 if IS_LONG else 100000)
    bench.export("many members", BAD, source)
    if IS_LONG:
        hostile.many_members(path, 1100000)
        bench.export("more members than allowed", LIMIT, source)
    hostile.docker_archive(path, [("c.json", hostile.docker_config(["sha256:" + zeros] * 100)), ("l.tar", bytes(1024)),
                                  hostile.docker_images(2000, "c.json", ["l.tar"] * 100)])
    bench.export("as many layers as allowed", GOOD, source, *name)
    hostile.docker_archive(path, [("c.json", hostile.docker_config([], b',"a":{%s}' % hostile.annotations(500000))),
                                  hostile.docker_images(10, "c.json", [])])
    bench.export("a config of half a million keys", BAD, source, *name)
    for what, text in (("objects", b"[" + b"{}," * (5 * MIB) + b"{}]"), ("arrays", b"[" * (15 * MIB)),
                       ("strings", b'[{"Config":"","Layers":[' + b'"",' * (5 * MIB) + b'""]}]')):
        hostile.docker_archive(path, [("manifest.json", text)])
        bench.export("a manifest.json of " + what, BAD, source)
    hostile.docker_archive(path, [("a", hostile.packed(bytes((1024 if IS_LONG else 64) * MIB))),
                                  ("c.json", hostile.docker_config([hostile.NO_DIGEST])),
                                  hostile.docker_images(1, "c.json", ["a"])])
    bench.export("a layer that is a bomb", BAD, source, *name)
    for what, text, want in (
            ("gzip, a bomb", hostile.packed(bytes(64 * MIB)), BAD),
            ("zstd, a bomb", hostile.zstd_zeros(1024 * MIB), BAD),
            ("zstd with the largest window", hostile.zstd_zeros(130 * MIB, window=27, pad=128 << 10), BAD),
            ("xz with a large dictionary", lzma.compress(bytes(1024), filters=[
                {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]), LIMIT)):
        with open(path, "wb") as file:
            file.write(text)
        bench.export("an archive in " + what, want, source)


def registries(bench):
    """Answers of a registry."""
    registry = hostile.Registry()
    config, fill = hostile.empty_config(), b"x" * (79 * MIB // 10)

    def large(count, repo):
        return registry.index_of(repo, (hostile.manifest(config, b"", b'"%d":"%s"' % (n, fill)) for n in range(count)))

    bench.export("manifests of 8 MiB", GOOD, large(4, "large"))
    if IS_LONG:
        bench.export("manifests of 8 MiB, more than allowed", LIMIT, large(14, "larger"))
    names = [f"{registry.host}/top:{n}" for n in range(16)]
    for n in range(16):
        registry.document("top", str(n), hostile.manifest(config, b"", b'"%d":"%s"' % (n, fill)), hostile.MANIFEST)
    bench.export("names that lead to manifests of 8 MiB", LIMIT, *names)
    wide = hostile.annotations(350000 if IS_LONG else 100000)
    bench.export("manifests of many annotations", GOOD, registry.index_of(
        "wide", (hostile.manifest(config, b"", wide + b',"x":"%d"' % n) for n in range(16 if IS_LONG else 4))))
    for name, path, answer, want in (
            ("a manifest without end", "/v2/body/manifests/v1", hostile.endless_body(200), LIMIT),
            ("an error without end", "/v2/error/manifests/v1", hostile.endless_body(404), NOT_FOUND),
            ("headers without end", "/v2/headers/manifests/v1", hostile.endless_headers, LIMIT),
            ("redirects without end", "/v2/away/manifests/v1", hostile.endless_redirects, PROTOCOL)):
        registry.answers[path] = answer
        bench.export(name, want, registry.host + path[3:].replace("/manifests/", ":"))
    for name, repo, tags in (("full", "full", 1000), ("empty", "empty", 0)):
        registry.answers[f"/v2/{repo}/tags/list"] = hostile.endless_pages(repo, tags)
        bench.export(f"{name} pages of tags without end", LIMIT, "--all-tags", f"{registry.host}/{repo}")
    registry.answers["/v2/locked/manifests/v1"] = hostile.wants_token(registry.host)
    for name, size, want in (("a megabyte", MIB, LIMIT), ("70 KB", 70000, AUTH)):
        registry.answers["/token"] = ("application/json", b'{"token":"%s"}' % (b"x" * size))
        bench.export(f"a token of {name}", want, registry.host + "/locked:v1")


def perform(part, top):
    folder = os.path.join(top, part.__name__)
    os.mkdir(folder)
    part(Bench(folder))


def main():
    if os.environ.get("SEALIFT_TESTS") == "quick":
        print("1..0 # SKIP quick run")
        return
    with tempfile.TemporaryDirectory(prefix="sealift-bounds.") as top:
        with open(Bench(top).program, "rb") as file:
            if b"__asan_init" in file.read():
                print("1..0 # SKIP the address sanitizer needs more memory")
                return
        parts = [part for part in (bundles, registries, layers, keys, archives)
                 if not sys.argv[1:] or part.__name__ in sys.argv[1:]]
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(perform, part, top) for part in parts]:
                done.result()
        print("# most: %d MiB, %s" % Bench.most)
        Bench.tap.end()


if __name__ == "__main__":
    main()
