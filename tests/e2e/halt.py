#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a command, wait until it is busy, send it a signal, and print how it ended.

    halt.py SIGNAL FILE[=BYTES] COMMAND...

Busy means that a file whose name begins with FILE is there, or that so many bytes of FILE
are not zero.  Prints "exit N" or "killed N"; says so when it ended by itself or
did not end within a minute.  A shell cannot do this: what it starts in the background
ignores ^C.
"""
import glob
import signal
import subprocess
import sys
import time


def is_busy(name, size):
    if not size:
        return bool(glob.glob(glob.escape(name) + "*"))
    try:
        with open(name, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return False
    return len(data) - data.count(0) >= size


def wait_until_busy(process, name):
    name, _, size = name.partition("=")
    for _ in range(1200):
        time.sleep(0.05)
        if process.poll() is not None:
            sys.exit(f"it ended by itself: {process.returncode}")
        if is_busy(name, int(size or 0)):
            time.sleep(0.3)
            return
    sys.exit("it never got busy")


def main():
    number = signal.Signals["SIG" + sys.argv[1]]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        wait_until_busy(process, sys.argv[2])
        process.send_signal(number)
        status = process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        sys.exit("it did not end")
    finally:
        process.kill()
    print(f"killed {-status}" if status < 0 else f"exit {status}")


if __name__ == "__main__":
    main()
