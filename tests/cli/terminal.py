#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signals while sealift waits for a person or a pipe: the status says which one, at once, and the
terminal is as it was.  Nothing here waits for time: only for a prompt, for a mode of the
terminal, or for a state of the process that stays until we change it."""
import array
import fcntl
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import traceback

BUILD = os.environ.get("abs_top_builddir") or os.getcwd()
SOURCE = os.environ.get("abs_top_srcdir") or os.path.join(os.path.dirname(__file__), "..", "..")
sys.path.insert(0, os.path.join(SOURCE, "tests", "crash"))
from tap import Tap  # noqa: E402

SEALIFT = os.environ.get("SEALIFT") or os.path.join(BUILD, "sealift")
LIMIT = 20  # seconds, after which something is taken for stuck
PASSPHRASE = b"a long secret"
PROMPT = b"passphrase of locked.key: "
KEY = ["key", "show", "locked.key"]
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "LC_ALL": "C"}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        ENVIRONMENT[name] = os.environ[name]


def until(what, reached):
    end = time.monotonic() + LIMIT
    while not reached():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {what}")
        time.sleep(0.005)


def same(got, want, what):
    if got != want:
        raise AssertionError(f"{what}: {got!r}, not {want!r}")


# ---- a terminal, with a shell that has job control ------------------------------------------

def shell(command, report, order):
    """In the child: run one job in the foreground, say how it ends or that it stopped, and let
    it go on when told to.  A process that leads its session could not be stopped."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execve(SEALIFT, command, ENVIRONMENT)
    os.write(report, b"%d\n" % job)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            os.write(report, b"%d\n" % os.waitstatus_to_exitcode(status))
            os._exit(0)
        os.tcsetpgrp(0, os.getpid())
        os.write(report, b"stopped\n")
        os.read(order, 1)
        os.tcsetpgrp(0, job)
        os.kill(job, signal.SIGCONT)


class Terminal:
    def __init__(self, *words):
        said, report = os.pipe()
        order, self._order = os.pipe()
        self._pid, self.fd = pty.fork()
        if self._pid == 0:
            try:
                shell(["sealift", *words], report, order)
            finally:
                os._exit(99)
        os.close(report)
        os.close(order)
        self._said = os.fdopen(said, "rb")
        self.job = int(self._said.readline())
        self.shown = b""
        self._ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Whatever went wrong: nothing is left running."""
        if not self._ended: # then its shell has not seen it end, and the number is still its
            for pid in (self.job, self._pid):
                os.kill(pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self.fd)
        os.close(self._order)
        self._said.close()

    def see(self, text, times=1):
        """Read until the text was shown so often."""
        while self.shown.count(text) < times:
            if not select.select([self.fd], [], [], LIMIT)[0]:
                raise TimeoutError(f"waited for {text!r} after {self.shown!r}")
            self.shown += os.read(self.fd, 4096)

    def has_echo(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def type(self, keys):
        os.write(self.fd, keys)

    def next(self):
        """The next line of the shell: "stopped", or the status of the job."""
        if not select.select([self._said], [], [], LIMIT)[0]:
            raise TimeoutError(f"it neither ends nor stops after {self.shown!r}")
        word = self._said.readline().decode().strip()
        self._ended = word != "stopped"
        return int(word) if self._ended else word

    def go_on(self):
        os.write(self._order, b"x")


def asked(terminal, times=1):
    terminal.see(PROMPT, times)
    same(terminal.has_echo(), False, "echo at the prompt")


def ended(terminal, status):
    same(terminal.next(), status, "status")
    same(terminal.has_echo(), True, "echo afterwards")


def at_prompt(keys, number, status):
    def case():
        with Terminal(*KEY) as terminal:
            asked(terminal)
            terminal.type(b"half of")
            if keys:
                terminal.type(keys)
            else:
                os.kill(terminal.job, number)
            ended(terminal, status)
            terminal.see(b"signal %d" % number)
            same(terminal.shown.count(PROMPT), 1, "prompts")
            same(terminal.shown.count(b"half"), 0, "what was typed is shown")
    return case


def second_prompt():
    with Terminal("keygen", "fresh") as terminal:
        terminal.see(b"passphrase of the new key: ")
        terminal.type(PASSPHRASE + b"\n")
        terminal.see(b"once more, of the new key: ")
        same(terminal.has_echo(), False, "echo at the prompt")
        terminal.type(b"\x03")
        ended(terminal, 130)
    same([name for name in os.listdir(".") if name.startswith("fresh")], [], "files")


def after_a_wrong_one():
    with Terminal(*KEY) as terminal:
        asked(terminal)
        terminal.type(b"wrong\n")
        asked(terminal, 2)
        terminal.type(b"\x03")
        ended(terminal, 130)


def twice():
    with Terminal(*KEY) as terminal:
        asked(terminal)
        terminal.type(b"\x03")
        try:
            os.kill(terminal.job, signal.SIGINT)
        except ProcessLookupError:
            pass
        status = terminal.next()
        if status not in (130, -signal.SIGINT):
            raise AssertionError(f"status {status}")
        same(terminal.has_echo(), True, "echo afterwards")


def stopped():
    with Terminal(*KEY) as terminal:
        for times in (1, 2):
            asked(terminal, times)
            terminal.type(b"half of\x1a")
            same(terminal.next(), "stopped", "after ^Z")
            same(terminal.has_echo(), True, "echo while it is stopped")
            terminal.go_on()
        asked(terminal, 3)
        terminal.type(PASSPHRASE + b"\n")
        terminal.see(b"BEGIN PUBLIC KEY")
        ended(terminal, 0)


def stopped_then_ended():
    with Terminal(*KEY) as terminal:
        asked(terminal)
        terminal.type(b"\x1a")
        same(terminal.next(), "stopped", "after ^Z")
        terminal.go_on()
        asked(terminal, 2)
        terminal.type(b"\x03")
        ended(terminal, 130)


def typed():
    with Terminal(*KEY) as terminal:
        asked(terminal)
        terminal.type(PASSPHRASE + b"\n")
        terminal.see(b"BEGIN PUBLIC KEY")
        ended(terminal, 0)
        same(terminal.shown.count(PASSPHRASE), 0, "what was typed is shown")


def evil_name():
    name = "a\033[31m\nOK: all is well\n\udc9bz"
    shutil.copy("locked.key", name)
    with Terminal("key", "show", name) as terminal:
        terminal.see(b"passphrase of a\\x1b[31m\\x0aOK: all is well\\x0a\\x9bz: ")
        terminal.type(b"\x03")
        ended(terminal, 130)
        terminal.see(b"signal 2")
        bad = [byte for byte in terminal.shown.replace(b"\r\n", b"").replace(b"^C", b"")
               if not 32 <= byte < 127]
        same(bad, [], "control characters")


def question():
    with Terminal("trust", "add", "--trust", "store", "plain.pub") as terminal:
        terminal.see(b"[y/N] ")
        terminal.type(b"\x03")
        ended(terminal, 130)
    same(os.path.exists("store"), False, "a store")
    with Terminal("trust", "add", "--trust", "store", "plain.pub") as terminal:
        terminal.see(b"[y/N] ")
        terminal.type(b"n\n")
        ended(terminal, 2)
    with Terminal("trust", "add", "--trust", "store", "plain.pub") as terminal:
        terminal.see(b"[y/N] ")
        terminal.type(b"y\n")
        ended(terminal, 0)


# ---- pipes ----------------------------------------------------------------------------------

def catches(pid, number):
    """True once it has installed its handler: from then on no signal may be lost."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        mask = [line.split()[1] for line in file if line.startswith("SigCgt")][0]
    return int(mask, 16) >> (number - 1) & 1


def left_in(pipe):
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


class Job:
    def __init__(self, *words, **how):
        self._process = subprocess.Popen(
            [SEALIFT, *words], env=ENVIRONMENT, stdout=how.pop("stdout", subprocess.DEVNULL),
            stderr=subprocess.PIPE, **how)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stderr.close()

    @property
    def pid(self):
        return self._process.pid

    def interrupt_now(self, number):
        self._process.send_signal(number)

    def interrupt(self, number=signal.SIGINT):
        until("its handler", lambda: catches(self._process.pid, number))
        self._process.send_signal(number)

    def ends(self, status):
        try:
            self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            raise TimeoutError("it continues after the signal") from None
        same(self._process.returncode, status, self._process.stderr.read().decode())


STDIN = [
    ("a list", ["export", "--unsigned", "-o", "x.tar", "-f", "-"]),
    ("credentials", ["export", "--unsigned", "-o", "x.tar", "--creds-stdin", "127.0.0.1:1",
                     "127.0.0.1:1/a:1"]),
    ("a passphrase by descriptor", ["key", "show", "--passphrase-fd", "0", "locked.key"]),
    ("a passphrase by file", ["key", "show", "--passphrase-file", "-", "locked.key"]),
    ("a new passphrase", ["keygen", "--passphrase-fd", "0", "fresh"]),
    ("a key", ["verify", "--key", "/dev/stdin", "x.tar"]),
]


def reads_input(words, number, status, piece):
    def case():
        reader, writer = os.pipe()
        try:
            os.write(writer, piece)
            with Job(*words, stdin=reader) as job:
                if piece:
                    until("the first half being read", lambda: left_in(reader) == 0)
                job.interrupt(number)
                job.ends(status)
        finally:
            os.close(reader)
            os.close(writer)
    return case


def ignores(pid, number):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        mask = [line.split()[1] for line in file if line.startswith("SigIgn")][0]
    return int(mask, 16) >> (number - 1) & 1


def under_nohup():
    """Standard input is read to its end after the signal, and ^C still works."""
    def nohup():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    reader, writer = os.pipe()
    try:
        with Job("images", "-f", "-", stdin=reader, preexec_fn=nohup) as job:
            os.write(writer, b"half")
            until("its handlers", lambda: catches(job.pid, signal.SIGINT))
            same(ignores(job.pid, signal.SIGHUP), 1, "SIGHUP is ignored")
            job.interrupt_now(signal.SIGHUP)
            until("the first half being read", lambda: left_in(reader) == 0)
            os.write(writer, b"more")
            until("the second half being read", lambda: left_in(reader) == 0)
            job.interrupt()
            job.ends(130)
    finally:
        os.close(reader)
        os.close(writer)


def fifo(has_writer):
    def case():
        os.mkfifo("fifo")
        try:
            with Job("key", "show", "--passphrase-file", "fifo", "locked.key",
                     stdin=subprocess.DEVNULL) as job:
                writer = open("fifo", "wb") if has_writer else None  # waits for the reader
                job.interrupt()
                job.ends(130)
                if writer:
                    writer.close()
        finally:
            os.unlink("fifo")
    return case


def fifo_that_is_written():
    os.mkfifo("fifo")
    try:
        with Job("key", "show", "--passphrase-file", "fifo", "locked.key",
                 stdin=subprocess.DEVNULL) as job:
            with open("fifo", "wb", buffering=0) as writer:
                writer.write(PASSPHRASE[:4])
                until("the first half being read", lambda: left_in(writer) == 0)
                writer.write(PASSPHRASE[4:])
            job.ends(0)
    finally:
        os.unlink("fifo")


def full_pipe():
    """Standard output that is not read, as by a pager."""
    reader, writer = os.pipe()
    try:
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        os.write(writer, b"x" * 4096)
        with Job("help", stdin=subprocess.DEVNULL, stdout=writer) as job:
            job.interrupt()
            job.ends(130)
    finally:
        os.close(reader)
        os.close(writer)


# ---- all of them ----------------------------------------------------------------------------

CASES = [
    ("a passphrase that is typed", typed),
    ("^C at the prompt", at_prompt(b"\x03", signal.SIGINT, 130)),
    ("^\\ at the prompt", at_prompt(b"\x1c", signal.SIGQUIT, 131)),
    ("SIGTERM at the prompt", at_prompt(None, signal.SIGTERM, 143)),
    ("SIGHUP at the prompt", at_prompt(None, signal.SIGHUP, 129)),
    ("^C at the second prompt of a new key", second_prompt),
    ("^C after a wrong passphrase", after_a_wrong_one),
    ("^C twice", twice),
    ("^Z, and on again", stopped),
    ("^C after ^Z", stopped_then_ended),
    ("a key with a name for terminals", evil_name),
    ("^C at a question", question),
    *((f"{what} from standard input, before any of it: signal {number}",
       reads_input(words, number, status, b""))
      for what, words in STDIN for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143))),
    *((f"{what} from standard input, in the middle", reads_input(words, signal.SIGINT, 130, b"hal"))
      for what, words in STDIN),
    ("SIGHUP that nohup made ignored", under_nohup),
    ("a FIFO without a writer", fifo(False)),
    ("a FIFO whose writer is silent", fifo(True)),
    ("a FIFO that is written in two pieces", fifo_that_is_written),
    ("standard output that is full", full_pipe),
]


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="sealift-test.")
    try:
        os.chdir(folder)
        for words, entered in ((["keygen", "--type", "ed25519", "--no-passphrase", "plain"], b""),
                               (["keygen", "--type", "ed25519", "--kdf", "pbkdf2",
                                 "--passphrase-fd", "0", "locked"], PASSPHRASE)):
            subprocess.run([SEALIFT, *words], input=entered, env=ENVIRONMENT, check=True,
                           stdout=subprocess.DEVNULL)
        for name, case in CASES:
            try:
                case()
                tap.say(name, [])
            except (AssertionError, OSError, ValueError):
                tap.say(name, traceback.format_exc().splitlines())
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
