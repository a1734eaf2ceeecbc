# SPDX-License-Identifier: Apache-2.0
"""every_allocation.py FOLDER SEALIFT SOURCE TARGET PRELOAD - one allocation fails, each in turn.

make check takes a few of them, evenly spread; make check-long takes every one.  An
allocation of ours that fails ends the program, one of a library ends in an error, or does
not matter; whatever it is, nothing half-done gets a name.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import scenes
from tap import Tap

LONG = os.environ.get("SEALIFT_TESTS") == "long"
# It ends the process itself.
LIBARCHIVE = "Fatal Internal Error in libarchive: Out of memory"
SAMPLES = 15
AT_ONCE = 2


class Verify:
    """A bundle that is whole: nothing is written, and nothing else may be said of it."""

    name = "verify"

    def __init__(self, program, bundle):
        self.program = program
        self.bundle = bundle

    def command(self, _folder):
        return [self.program, "verify", "-q", "-j1", "--insecure-skip-verify", str(self.bundle)]

    def prepare(self, folder):
        pass

    def check(self, folder, status):
        pass

    def again(self, folder, status):
        pass


class Failing:
    def __init__(self, preload, top):
        self.preload = preload
        self.top = top

    def run(self, scene, folder, **env):
        process = subprocess.run(
            scene.command(folder), cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120,
            env={**os.environ, "LD_PRELOAD": self.preload, **env})
        return process.returncode, process.stderr.decode(errors="replace").strip()

    def count(self, scene):
        """How many allocations a calm run makes."""
        folder = Path(tempfile.mkdtemp(dir=self.top))
        scene.prepare(folder)
        status, said = self.run(scene, folder, ALLOC_COUNT_TO=str(folder / "count"))
        if status != 0:
            raise scenes.Broken(f"a calm run: exit {status}, {said}")
        return int((folder / "count").read_text())

    def one(self, scene, number):
        """How the run ended ("error", "abort", "fine"), and what is wrong about it."""
        folder = Path(tempfile.mkdtemp(dir=self.top))
        scene.prepare(folder)
        status, said = self.run(scene, folder, ALLOC_FAIL_AT=str(number))
        wrong = ""
        try:
            end = self._end(status, said)
            scene.check(folder, status)
            if number % 10 == 0 or not LONG:
                scene.again(folder, status)
        except scenes.Broken as why:
            end, wrong = "broken", f"allocation {number}: exit {status}, {said[-300:]!r}: {why}"
        shutil.rmtree(folder)
        return end, wrong

    @staticmethod
    def _end(status, said):
        if status == 0:
            return "fine"
        if status == -signal.SIGABRT and said.endswith("out of memory"):
            return "abort"
        if 1 <= status <= 12 and said.removeprefix(LIBARCHIVE + "\n").startswith("sealift: "):
            return "error"  # libarchive's word comes from the process that verifies
        if status == 1 and said == LIBARCHIVE:
            return "abort"
        raise scenes.Broken("not a clean end")


def main():
    work, program, source, target, preload = sys.argv[1:]
    tap = Tap()
    failing = Failing(preload, work)
    todo = [Verify(program, Path(work, "new.tar")),
            *scenes.all(Path(work), program, source, target)]
    for scene in todo:
        count = failing.count(scene)
        step = 1 if LONG else max(1, count // SAMPLES)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(lambda number, scene=scene: failing.one(scene, number),
                                    range(1, count + 1, step)))
        ends = [end for end, _ in results]
        tap.say(f"{scene.name}: {len(results)} of {count} allocations failed: "
                f"{ends.count('error')} errors, {ends.count('abort')} aborted, "
                f"{ends.count('fine')} did not matter",
                [wrong for _, wrong in results if wrong][:20])
        tap.say(f"{scene.name}: some of them mattered",
                [] if ends.count("fine") < len(ends) else ["none"])
    tap.end()


main()
