# SPDX-License-Identifier: Apache-2.0
"""runner.py - run a command and say what it took; start and stop registries."""
import os
import shutil
import socket
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

MIB = 1 << 20


class Failed(Exception):
    """A command that should have worked did not."""


class Reading:
    """What one run took."""

    def __init__(self, seconds, cpu, peak, written):
        self.seconds = seconds
        self.cpu = cpu          # seconds of all cores, children included
        self.peak = peak        # bytes resident at most, of the command itself
        self.written = written  # bytes handed to write(2) and its kin, children included


def _watch_memory(pid, ended, peaks):
    """Append the high-water mark of pid, now and then; the last one counts.

    getrusage() would not do: it starts from the memory of this program, which forked.
    """
    while not ended.wait(0.02):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                peaks.append(int(line.split()[1]) * 1024)


def _written(pid):
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    return 0


def run(argv, folder):
    """Run argv with its temporary files in folder; what it prints is dropped."""
    peaks = [0]
    ended = threading.Event()
    with open(Path(folder, "stderr"), "w+b") as complaints:
        began = time.perf_counter()
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=complaints, env={**os.environ, "TMPDIR": str(folder)})
        watcher = threading.Thread(target=_watch_memory, args=(child.pid, ended, peaks))
        watcher.start()
        try:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, but not gone
            seconds = time.perf_counter() - began
            written = _written(child.pid)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        finally:
            ended.set()
            watcher.join()
            if child.returncode is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            complaints.seek(0)
            text = complaints.read()[-600:].decode(errors="replace").strip()
            raise Failed(f"{' '.join(argv)[:200]}: exit {child.returncode}\n{text}")
    return Reading(seconds, usage.ru_utime + usage.ru_stime, peaks[-1], written)


class Readings:
    """All runs of one contender."""

    def __init__(self):
        self.all = []

    def median(self, what):
        return statistics.median(getattr(one, what) for one in self.all)

    def extremes(self, what):
        values = [getattr(one, what) for one in self.all]
        return min(values), max(values)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


CONFIG = """version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: {data}, maxthreads: 100}}
  cache: {{blobdescriptor: inmemory}}
http: {{addr: "127.0.0.1:{port}"}}
"""


class Registry:
    """A docker-registry of our own on loopback; its data goes when it stops."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        self.host = f"127.0.0.1:{_free_port()}"
        self.address = f"http://{self.host}"
        config = self.folder / "config.yml"
        config.write_text(CONFIG.format(data=self.data, port=self.host.partition(":")[2]))
        self._process = subprocess.Popen(["docker-registry", "serve", str(config)],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._await()

    def _await(self):
        for _ in range(100):
            try:
                urllib.request.urlopen(self.address + "/v2/").close()
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        self.stop()
        raise Failed("docker-registry does not answer")

    def blobs(self, repository):
        """[(hex digest, file)] of every layer and config of a repository."""
        links = self.data / "docker/registry/v2/repositories" / repository / "_layers/sha256"
        store = self.data / "docker/registry/v2/blobs/sha256"
        return [(name, store / name[:2] / name / "data") for name in sorted(os.listdir(links))]

    def stop(self):
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
