# SPDX-License-Identifier: Apache-2.0
"""tap.py - results as TAP."""
import sys


class Tap:
    def __init__(self):
        self._number = 0
        self._failures = 0

    def say(self, name, wrong):
        """One result; wrong: lines that say what is, none when all is well."""
        self._number += 1
        self._failures += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self._number} - {name}")
        for line in wrong:
            print(f"#   {line}")
        sys.stdout.flush()

    def end(self):
        print(f"1..{self._number}")
        sys.exit(self._failures > 0)
