#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the strings of C files: FILE:LINE:TEXT, pieces that follow one another as one.

    strings.py FOLDER      of all .c and .h files below it, named relative to it
"""
import pathlib
import re
import sys

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\s+|[^\s"\'/]+|/', re.DOTALL)


def strings(text):
    """(offset, content) of each string."""
    start, pieces = 0, []
    for match in TOKEN.finditer(text):
        token = match.group()
        if token[0] == '"':
            start = start if pieces else match.start()
            pieces.append(token[1:-1])
        elif pieces and not token.isspace() and not token.startswith(("/*", "//")):
            yield start, "".join(pieces)
            pieces = []
    if pieces:
        yield start, "".join(pieces)


def main():
    top = pathlib.Path(sys.argv[1])
    for path in sorted(top.rglob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        for offset, content in strings(text):
            print(f"{path.relative_to(top)}:{text.count(chr(10), 0, offset) + 1}:{content}")


if __name__ == "__main__":
    main()
