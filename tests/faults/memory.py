# SPDX-License-Identifier: Apache-2.0
"""State recorded by an import that ends early, and imports without their receipt."""
import json
import os
import shutil
import signal
import subprocess

from harness import *

NO = denied(403, "DENIED", "not for you")
TAGS = "/mirror/[a-z]+/manifests/[a-z0-9]+$"
RECEIPTS = "/mirror/sealift/prod/"


class Host:
    """A trust store, and bundles of the stream prod that it accepts."""

    def __init__(self, lab):
        self.lab = lab
        self.key, self.host_key, self.store = map(self._at, ("key", "host.key", "trust"))
        os.makedirs(f"{self.store}/keys")
        for path in (self.key, self.host_key):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path],
                           check=True, capture_output=True)
            os.chmod(path, 0o600)
        with open(f"{self.store}/keys/key.pub", "wb") as file:
            subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout"], check=True,
                           stdout=file)

    def _at(self, name):
        return os.path.join(self.lab.folder, name)

    def bundle(self, serial, *names):
        """A signed bundle of what these names stand for at lab.registry."""
        self.lab.again()
        run = self.lab.export("--stream", "prod", "--serial", str(serial),
                              *(f"{self.lab.registry.host}/{name}" for name in names)).ok()
        path = self._at(f"{serial}.tar")
        os.rename(run.path, path)
        check(self.lab.sealift("sign", "-q", "--key", self.key, path).status == 0, "signed")
        self.lab.again()
        return path

    def push(self, bundle, *options, **how):
        """Import it with one worker, so that the order of requests is known."""
        return self.lab.sealift(
            "import", "--json", "--progress", "none", "-j", "1", "--strip-host", "--trust",
            self.store, "--ca-file", self.lab.authority.ca, *options, bundle,
            f"{self.lab.registry.host}/mirror", **how)

    def remembers(self, serial, partial):
        """The file and status have these values; serial None: the file does not exist."""
        path = f"{self.store}/state/prod.json"
        if serial is None:
            check(not os.path.exists(path), "nothing is remembered")
            return
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
        same((state["serial"], state.get("partial", False)), (str(serial), partial),
             "what is remembered")
        run = self.lab.sealift("status", "--json", "--trust", self.store)
        same([one["partial"] for one in run.json["streams"]], [partial], "status: partial")


def two_images(lab):
    for name in ("a:1", "b:1"):
        lab.image(name)
    return Host(lab)


def kills(lab, number=signal.SIGKILL):
    """The request is the last thing that sealift did."""
    def fault(request, _):
        lab.killed = number == signal.SIGKILL
        os.kill(lab.pid, number)
        request.connection.read(1 << 30)
        raise AssertionError
    return fault


@case()
def records_a_part_between_tags(lab):
    "killed after one of two tags moved: recorded in part; the same command completes"
    host = two_images(lab)
    older, bundle = host.bundle(1, "a:1", "b:1"), host.bundle(2, "a:1", "b:1")
    lab.registry.on("PUT", TAGS, kills(lab), nth=2)
    host.push(bundle)
    same(lab.registry.store.repo("mirror/b").tags, {}, "tags of the second image")
    host.remembers(2, partial=True)
    lab.again()
    host.push(older).fails("trust", reason="rollback")
    host.push(bundle).ok()
    host.remembers(2, partial=False)


@case()
def records_nothing_before_tags(lab):
    "killed before any tag moved: nothing is recorded"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    lab.registry.on("PUT", TAGS, kills(lab), nth=1)
    host.push(bundle)
    host.remembers(None, None)


@case()
def records_a_part_without_tags(lab):
    "a bundle without tags, killed between two manifests: recorded in part"
    app = lab.index("app:1")
    host = Host(lab)
    bundle = host.bundle(1, f"app@{app.top.digest}")
    lab.registry.on("PUT", "/mirror/app/manifests/", kills(lab), nth=2)
    host.push(bundle)
    host.remembers(1, partial=True)
    lab.again()
    host.push(bundle).ok()
    host.remembers(1, partial=False)


@case()
def records_a_part_while_reading_back(lab):
    "killed after all tags moved, before the read-back: recorded in part"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    second, kill = lab.registry.store.repo("mirror/b"), kills(lab)
    lab.registry.on("GET", TAGS, lambda request, proceed: kill(request, proceed)
                    if second.tags else proceed())
    host.push(bundle)
    same(list(second.tags), ["1"], "tags of the second image")
    host.remembers(1, partial=True)


@case()
def records_a_part_on_a_refused_tag(lab):
    "the second tag is refused or reads back wrong: recorded in part"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    lab.registry.on("PUT", "/mirror/b/manifests/1$", NO)
    host.push(bundle).fails("auth", "not for you")
    host.remembers(1, partial=True)
    bundle = host.bundle(2, "b:1")
    lab.registry.on("GET", "/mirror/b/manifests/1$", body(lambda data: data + b" "))
    host.push(bundle).fails("integrity")
    host.remembers(2, partial=True)


@case()
def stops_when_state_cannot_be_written(lab):
    "if state cannot be written after a tag moved, nothing more is sent"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    lab.registry.on("PUT", TAGS, then(lambda _: shutil.rmtree(f"{host.store}/state"), None),
                    times=1)
    run = host.push(bundle, "--keep-going").fails("local", f"{host.store}/state")
    same(run.json["counts"]["tagsPushed"], 1, "tags in the result")
    same(lab.registry.count("PUT", TAGS), 1, "tags")


@case()
def records_nothing_on_a_refused_only_tag(lab):
    "the only tag is refused: nothing is recorded"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1")
    lab.registry.on("PUT", "/mirror/a/manifests/1$", NO)
    host.push(bundle).fails("auth", "not for you")
    host.remembers(None, None)


@case()
def pushes_a_missing_receipt_later(lab):
    "a target that refuses the receipt: only that is missing, and it follows later"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    report = os.path.join(lab.folder, "report.json")
    options = ["--receipt", host.host_key, "--report", report]
    for method, path in (("POST", "uploads/"), ("PUT", "manifests/serial-1$"),
                         ("PUT", "manifests/latest$")):
        lab.again()
        lab.registry.on(method, RECEIPTS + ".*" + path, NO)
        run = host.push(bundle, *options)
        run.fails("partial", "not the receipt", reason="receipt", hint="the same command")
        same(run.json["receipt"], False, "receipt")
        same(run.json["receiptError"]["kind"], "auth", "kind of the failure")
        check("not for you" in run.json["receiptError"]["message"], "it says why")
        check(not os.path.exists(report + ".receipt.json"), "no receipt beside the report")
        host.remembers(1, partial=False)
    lab.again()
    run = host.push(bundle, *options).ok()
    same(run.json["receipt"], True, "receipt")
    check("receiptError" not in run.json, "no error")
    same(sorted(lab.registry.store.repo("mirror/sealift/prod").tags), ["latest", "serial-1"],
         "tags of the receipt")
    check(os.path.exists(report + ".receipt.json"), "a receipt beside the report")


@case()
def reports_receipt_and_image(lab):
    "a refused image and a refused receipt are both reported"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1", "b:1")
    lab.registry.on("POST", "/mirror/b/|" + RECEIPTS, NO)
    run = host.push(bundle, "--receipt", host.host_key, "--keep-going")
    run.fails("partial", "1 of 2 images could not be pushed, nor could the receipt")
    check("reason" not in run.json["error"], "the receipt is not the reason")
    same(run.json["receiptError"]["kind"], "auth", "kind of the failure")
    host.remembers(1, partial=True)


@case()
def records_an_import_without_its_receipt(lab):
    "^C while the receipt is pushed: exit by signal, the import is recorded"
    host = two_images(lab)
    bundle = host.bundle(1, "a:1")
    lab.registry.on("POST", RECEIPTS, kills(lab, signal.SIGINT))
    run = host.push(bundle, "--receipt", host.host_key)
    same(run.status, 130, "exit status")
    host.remembers(1, partial=False)


main()
