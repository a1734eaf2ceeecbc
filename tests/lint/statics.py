#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Names that two files of src/ share.

    statics.py functions FOLDER     static functions: NAME FILE, one a line
    statics.py tags FOLDER          struct, union and enum definitions: TAG FILE
"""
import pathlib
import re
import sys

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
FUNCTION = re.compile(r'^static\s[^;={}]*?\b([a-z_]\w*)\s*\([^;{}]*\)\s*\{', re.MULTILINE)
TAG = re.compile(r'\b(?:struct|union|enum)\s+([A-Za-z_]\w*)\s*\{')


def main():
    what, top = sys.argv[1], pathlib.Path(sys.argv[2])
    pattern = {"functions": FUNCTION, "tags": TAG}[what]
    for path in sorted(top.rglob("*.[ch]")):
        code = COMMENT.sub(lambda m: '""' if m.group()[0] in "\"'" else " ",
                           path.read_text(encoding="utf-8"))
        for name in pattern.findall(code):
            print(name, path.relative_to(top))


if __name__ == "__main__":
    main()
