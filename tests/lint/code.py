#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print C files without comments and without what stands in quotes: FILE:LINE:CODE.

    code.py FOLDER      all .c and .h files below it, named relative to it
"""
import pathlib
import re
import sys

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def blank(match):
    text = match.group()
    if text[0] in "\"'":
        return text[0] * 2
    return " " + "\n" * text.count("\n")


def main():
    top = pathlib.Path(sys.argv[1])
    for path in sorted(top.rglob("*.[ch]")):
        code = TOKEN.sub(blank, path.read_text(encoding="utf-8"))
        for number, line in enumerate(code.split("\n"), 1):
            if line.strip():
                print(f"{path.relative_to(top)}:{number}:{line}")


if __name__ == "__main__":
    main()
