# SPDX-License-Identifier: Apache-2.0
"""lab.py - what is measured: registries full of images, and contenders taking turns."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import tools
from runner import MIB, Readings, Registry, run

SERVERS = Path(__file__).resolve().parent.parent / "registry"
LINE = SERVERS / "line.py"
IMAGES = SERVERS / "images.py"


class Work:
    """A registry with images in it."""

    def __init__(self, folder, **sizes):
        self.registry = Registry(folder)
        options = [f"--{key.replace('_', '-')}={value}" for key, value in sizes.items()]
        made = subprocess.run([sys.executable, IMAGES, "fleet", self.registry.address, *options],
                              check=True, stdout=subprocess.PIPE).stdout
        self.refs = [image["ref"] for image in json.loads(made)]


class FarWork:
    """The same images, seconds away."""

    def __init__(self, work, seconds):
        near = work.registry.host
        self._line = subprocess.Popen(
            [sys.executable, LINE, near.partition(":")[2], str(seconds)],
            stdout=subprocess.PIPE, text=True)
        host = f"127.0.0.1:{int(self._line.stdout.readline())}"
        self.refs = [ref.replace(near, host, 1) for ref in work.refs]

    def stop(self):
        self._line.kill()
        self._line.wait()


class Lab:
    """The folders, and the registries that are kept between the parts."""

    def __init__(self, memory, disk, rounds):
        self.memory = Path(memory)
        self.disk = Path(disk)
        self.rounds = rounds
        self.big_layer = int(os.environ.get("BENCH_LAYER", 256 * MIB))
        self.many_images = int(os.environ.get("BENCH_IMAGES", 60))
        self._works = {}
        self._far = None

    @property
    def big_size(self):
        return 8 * self.big_layer

    def big(self):
        return self._work("big", images=1, platforms=2, layers=4, layer_bytes=self.big_layer,
                          shared=0)

    def many(self):
        return self._work("many", images=self.many_images, platforms=4, layers=6,
                          layer_bytes=65536, shared=3)

    def far(self):
        """The same as many, on a long line."""
        if not self._far:
            self._far = FarWork(self.many(), 0.05)
        return self._far

    def _work(self, name, **sizes):
        if name not in self._works:
            print(f"filling a registry: {name}", file=sys.stderr)
            self._works[name] = Work(self.memory / name, **sizes)
        return self._works[name]

    def warm_memory(self):
        """Use and free as much memory as a run may need, so that all runs begin alike.

        A virtual machine hands free memory back to its host; taking it again is slow.
        """
        block = bytes(8 * MIB)
        file = self.memory / "warm"
        with open(file, "wb", buffering=0) as out:
            for _ in range(2 * self.big_size // len(block)):
                out.write(block)
        file.unlink()

    def pack(self, work, **makers):
        """Make what imports read, by each tool itself.  Returns the folder."""
        folder = self.memory / "packed"
        folder.mkdir()
        for tool, command in makers.items():
            if shutil.which(tools.program(tool)):
                run(command(work.refs)(folder, None), folder)
        return folder

    def close(self):
        if self._far:
            self._far.stop()
        for work in self._works.values():
            work.registry.stop()


class Goal:
    """Something asked of sealift, and how it came out."""

    def __init__(self, what, reading, limit, met):
        self.what = what
        self.reading = reading
        self.limit = limit
        self.met = met


class Part:
    """Contenders that do the same work in turn, and what is asked of sealift.

    contenders: name -> command, as tools.py makes them; those not on PATH are left out.
    """

    def __init__(self, lab, name, title, contenders, folder=None, into_registry=False):
        self.name = name
        self.title = title
        self.goals = []
        self._lab = lab
        self._folder = (folder or lab.memory) / "run"
        self._into_registry = into_registry
        self._contenders = {who: command for who, command in contenders.items()
                            if shutil.which(tools.program(who))}
        self.readings = {who: Readings() for who in self._contenders}

    def measure(self, between=None, rounds=None):
        """All contenders in turn, round by round; between() is called before each round."""
        rounds = rounds or self._lab.rounds
        for number in range(rounds):
            if between:
                between()
            for who, command in self._contenders.items():
                reading = self._once(command)
                self.readings[who].all.append(reading)
                print(f"  {self.name} {number + 1}/{rounds}: {who}: "
                      f"{reading.seconds:.2f} s", file=sys.stderr)

    def _once(self, command):
        self._folder.mkdir()
        target = Registry(self._lab.memory / "target") if self._into_registry else None
        try:
            argv = command(self._folder, target)
            os.sync()
            self._lab.warm_memory()
            return run(argv, self._folder)
        finally:
            if target:
                target.stop()
            shutil.rmtree(self._folder)

    def goal_time(self, other, limit, who="sealift"):
        """sealift, or another way to run it, takes at most limit times as long as other."""
        if who in self.readings and other in self.readings:
            ratio = (self.readings[who].median("seconds")
                     / self.readings[other].median("seconds"))
            what = "time" if who == "sealift" else f"time of {who}"
            self.goals.append(Goal(f"{what}, against {other}", f"{ratio:.2f}x", f"<= {limit}x",
                                   ratio <= limit))

    def goal_fastest(self, limit):
        """sealift takes at most limit times as long as the fastest of the others."""
        others = {who: readings.median("seconds") for who, readings in self.readings.items()
                  if not who.startswith("sealift")}
        if others:
            self.goal_time(min(others, key=others.get), limit)

    def goal_seconds(self, limit, who="sealift"):
        """sealift takes at most that many seconds, on a machine of these days."""
        if who in self.readings:
            median = self.readings[who].median("seconds")
            what = "time" if who == "sealift" else f"time of {who}"
            self.goals.append(Goal(what, f"{median:.2f} s", f"<= {limit} s", median <= limit))

    def goal_nothing_written(self):
        """sealift writes no file to speak of."""
        if "sealift" in self.readings:
            written = self.readings["sealift"].median("written")
            self.goals.append(Goal("bytes written", f"{written:.0f}", "0", written < MIB))

    def goal_peak(self, limit):
        """sealift never has more bytes resident than limit."""
        if "sealift" in self.readings:
            peak = self.readings["sealift"].extremes("peak")[1]
            self.goals.append(Goal("peak memory", f"{peak / MIB:.1f} MiB",
                                   f"<= {limit // MIB} MiB", peak <= limit))

    def goal_written(self, size):
        """sealift writes size bytes, and no more than a thousandth beside them."""
        if "sealift" in self.readings:
            ratio = self.readings["sealift"].median("written") / size
            self.goals.append(Goal("bytes written, against the layers", f"{ratio:.3f}x",
                                   "1.00x", ratio < 1.005))
