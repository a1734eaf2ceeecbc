#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs-paths.sh - every file that the documents name is there.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3

# dead_paths TOP: "DOCUMENT:LINE: PATH" of each path and link that leads nowhere.
dead_paths() {
    python3 - "$1" <<'PYTHON'
import pathlib
import re
import sys

top = pathlib.Path(sys.argv[1])
BUILT = {"docs/man/sealift.1", "build-aux", "autom4te.cache"}
# A path of this project as text names it, maybe with * or {a,b}; and what a link points to.
PATH = re.compile(r"(?<![\w/.~$:-])((?:src|tests|docs|m4|build-aux|\.ci)/[\w./*{},-]*)")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def variants(path):
    """src/{a,b}/c -> src/a/c, src/b/c"""
    braces = re.search(r"\{([^{}]*)\}", path)
    if not braces:
        return [path]
    return [each for word in braces.group(1).split(",")
            for each in variants(path[:braces.start()] + word + path[braces.end():])]


def exists(base, path):
    """NAME and X stand for anything; a program is there when its source is."""
    path = re.sub(r"NAME|(?<=_)X", "*", path.rstrip("/"))
    return path in BUILT or any(any(base.glob(path + end)) for end in ("", ".c"))


documents = sorted([*top.glob("*.md"), *top.glob("docs/**/*.md"), *top.glob("docs/**/*.scd")])
if not documents:
    print("no documents to inspect")
for document in documents:
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        found = [(top, path) for path in PATH.findall(LINK.sub("]", line))]
        found += [(document.parent, path) for path in LINK.findall(line)]
        for base, text in found:
            for path in variants(text.rstrip(".,")):
                if not exists(base, path):
                    print(f"{document.relative_to(top)}:{number}: {path}")
PYTHON
}

check_equal "every path and link in the documents exists" "" \
    "$(dead_paths "$abs_top_srcdir")"

mkdir -p "$work/top/docs" "$work/top/src/io"
cat >"$work/top/README.md" <<'TEXT'
See `src/io/`, `src/*`, https://example.com/docs/nothing and [here](docs/there.md#top).
But not `src/gone.c`,
nor `src/{io,away}/`,
nor [this](docs/that.md).
TEXT
echo '[back](../README.md)' >"$work/top/docs/there.md"
check_equal "a broken one is reported" "README.md:2: src/gone.c
README.md:3: src/away/
README.md:4: docs/that.md" "$(dead_paths "$work/top")"

done_testing
