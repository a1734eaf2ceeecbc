#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Circles between the files of src/: files that need each other in a loop.

    arrows.py FOLDER       the circles, one a line: FILE FILE...
    arrows.py -v FOLDER    below each, what ties it: FILE -> FILE NAME...

A .c, its .h and its _internal.h are one file, written without a suffix.  A file needs another
one when it includes a header of it, or names a function or variable that the other one defines,
whichever header declares it.
"""
import collections
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]*)"', re.MULTILINE)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.MULTILINE)
FUNCTION = re.compile(r'\b([a-z_]\w*)\s*\(')
VARIABLE = re.compile(r'\b([a-z_]\w*)\s*(?:\[[^\]]*\]\s*)*(?:=\s*)?$')
NAME = re.compile(r'\b[a-z_]\w*')
USE = re.compile(r'(?<![.>])\b[a-z_]\w*')  # not of a member
TAG = re.compile(r'\b(?:struct|union|enum)\s+\w+')


def outside_braces(code):
    """What stands outside all braces, declaration by declaration, without initial values."""
    depth, text = 0, ""
    for char in DIRECTIVE.sub("", code):
        if depth == 0 and char in ";{":
            yield text
        depth += {"{": 1, "}": -1}.get(char, 0)
        text = "" if char in ";{}" else text + char


def external_names(code):
    """The names with external linkage that a file declares or defines."""
    for text in outside_braces(code):
        words = NAME.findall(text)
        match = FUNCTION.search(text) or VARIABLE.search(text)
        if match and len(words) > 1 and not {"static", "typedef"} & set(words) and \
                words[-2] not in ("struct", "union", "enum"):
            yield match.group(1)


def file_of(path):
    """The file that a .c, a .h or an _internal.h is a part of."""
    return path[:-2].removesuffix("_internal")


def read_files(top):
    """{path: (the headers it includes, its code)}, paths and headers relative to top."""
    files = {}
    for path in sorted(top.rglob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        files[str(path.relative_to(top))] = (INCLUDE.findall(text), COMMENT.sub('""', text))
    return files


def visible_from(path, files):
    """All headers that path includes, straight or through others."""
    seen, ahead = set(), [path]
    while ahead:
        for header in files[ahead.pop()][0]:
            if header in files and header not in seen:
                seen.add(header)
                ahead.append(header)
    return seen


def arrows_in(files):
    """{file: {file: names}}: which file needs which, and for which names."""
    home = collections.defaultdict(set)
    for path, (_, code) in files.items():
        if path.endswith(".c"):
            for name in external_names(code):
                home[name].add(file_of(path))
    declared = {path: set(external_names(code)) for path, (_, code) in files.items()}
    arrows = collections.defaultdict(lambda: collections.defaultdict(set))
    for path, (includes, code) in files.items():
        me = file_of(path)
        for header in includes:
            if header in files and file_of(header) != me:
                arrows[me][file_of(header)].update()
        known = set().union(*(declared[header] for header in visible_from(path, files)))
        used = set(USE.findall(TAG.sub("", code))) if path.endswith(".c") else set()
        for name in known & used:
            if len(home[name]) == 1 and me not in home[name]:
                arrows[me][min(home[name])].add(name)
    return arrows


def circles_in(arrows):
    """The largest sets of files from each of which every other one is reached."""
    def reach(start):
        seen, ahead = set(), [start]
        while ahead:
            for to in arrows.get(ahead.pop(), ()):
                if to not in seen:
                    seen.add(to)
                    ahead.append(to)
        return seen

    reached = {me: reach(me) for me in sorted(arrows)}
    found = {tuple(sorted(to for to in reached[me] if me in reached.get(to, ())))
             for me in reached if me in reached[me]}
    return sorted(found)


def main():
    arrows = arrows_in(read_files(pathlib.Path(sys.argv[-1])))
    for circle in circles_in(arrows):
        print(*circle)
        for me in circle if sys.argv[1] == "-v" else ():
            for to in sorted(set(circle) & set(arrows[me])):
                print("   ", me, "->", to, *sorted(arrows[me][to]))


if __name__ == "__main__":
    main()
