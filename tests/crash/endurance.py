# SPDX-License-Identifier: Apache-2.0
"""endurance.py FOLDER SEALIFT SOURCE TARGET [SEED] - many images over a bad line, and power cuts.

The lines to both registries break now and then, anywhere; the program is killed at any
moment and started again with the same command until it succeeds.  In the end there is what
a calm run makes.
"""
import filecmp
import json
import os
import random
import socket
import subprocess
import sys
import threading
from pathlib import Path

from tap import Tap

ROUNDS_MAX = 80
BREAKS = 0.1          # of the connections, after so many bytes at most:
BREAK_BYTES = 400000
ALIVE_S = (0.2, 2.5)  # until the power is cut


class Line:
    """Forwards connections to another address, unless it drops them."""

    def __init__(self, there, dice):
        host, port = there.rsplit(":", 1)
        self._there = (host, int(port))
        self._dice = dice
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.is_bad = False
        self.broken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _ = self._listener.accept()
            limit = None
            if self.is_bad and self._dice.random() < BREAKS:
                limit = self._dice.randrange(BREAK_BYTES)
            threading.Thread(target=self._carry, args=(near, limit), daemon=True).start()

    def _carry(self, near, limit):
        far = socket.create_connection(self._there)
        back = threading.Thread(target=self._one_way, args=(far, near, limit), daemon=True)
        back.start()
        self._one_way(near, far, limit)
        back.join()
        near.close()
        far.close()

    def _one_way(self, source, sink, limit):
        done = 0
        try:
            while piece := source.recv(65536):
                done += len(piece)
                if limit is not None and done > limit:
                    self.broken += 1
                    break
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Soak:
    def __init__(self, work, program, dice):
        self.work = work
        self.program = program
        self.dice = dice
        self.env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}

    def run(self, *argv, patience=None):
        """Exit status, -9 when it was still running after so many seconds."""
        process = subprocess.Popen([self.program, *argv], env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            said = process.communicate(timeout=patience)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[1]
        return process.returncode, said.decode(errors="replace").strip()

    def until_it_works(self, *argv, between=lambda: None):
        """How often it was started, and what was wrong on the way."""
        ends = []
        for number in range(ROUNDS_MAX):
            # The more often it was killed the longer it may live: it ends some day.
            patience = self.dice.uniform(*ALIVE_S) * (1 + number / 10)
            status, said = self.run(*argv, patience=patience)
            ends.append(status)
            if status == 0:
                return ends, ""
            if status not in (-9, 4, 5):
                return ends, f"exit {status}: {said[-400:]}"
            wrong = between()
            if wrong:
                return ends, wrong
        return ends, "it never came to an end"


def main():
    work, program, source, target, *rest = sys.argv[1:]
    seed = int(rest[0]) if rest else random.randrange(1 << 30)
    dice = random.Random(seed)
    print(f"# seed {seed}", flush=True)
    work, tap = Path(work), Tap()
    soak = Soak(work, program, dice)
    near, far = Line(source, dice), Line(target, dice)
    images = json.loads((work / "source.json").read_text())
    (work / "list").write_text("".join(
        image["ref"].replace(source, near.address) + "\n" for image in images))
    calm, wild = work / "calm.tar", work / "wild.tar"
    export = ("export", "-q", "--unsigned", "-f", str(work / "list"), "-o")

    status, said = soak.run(*export, str(calm))
    tap.say(f"a calm export of {len(images)} images", [said] if status else [])
    near.is_bad = far.is_bad = True
    ends, wrong = soak.until_it_works(
        *export, str(wild), between=lambda: wild.exists() and "a killed run left a final name")
    tap.say(f"export: {ends.count(-9)} kills, {len(ends) - 1 - ends.count(-9)} failures, "
            f"{near.broken} broken connections, then success", [wrong] if wrong else [])
    same = wild.exists() and filecmp.cmp(calm, wild, shallow=False)
    tap.say("the bundle is byte for byte that of the calm run", [] if same else ["it is not"])
    ends, wrong = soak.until_it_works(
        "import", "-q", "--insecure-skip-verify", "--strip-host", str(calm), far.address)
    tap.say(f"import: {ends.count(-9)} kills, {len(ends) - 1 - ends.count(-9)} failures, "
            f"{far.broken} broken connections, then success", [wrong] if wrong else [])
    tap.end()


main()
