#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print phrases that read as if translated: FILE:LINE:TEXT, below the current folder.

Of C files only comments and strings are read: identifiers may have any name.
"""
import pathlib
import re

PHRASES = re.compile(r"""\b(
    whoever | somebody | nobody | anybody           # the user, another run, no one
  | be\ had                                         # be fetched, be available
  | who\ we\ are                                    # our credentials
  | (go|goes|going|gone|went)\ on\ with             # continue, resume
  | anew | in\ vain | all\ the\ same | midst
  | what\ (it|they)\ lacks? | the\ same\ of
)\b""", re.VERBOSE | re.IGNORECASE)
# "X is no Y" for "is not a Y".  "There is no Y", "is no longer" and the like are English.
NO = re.compile(r"""\b(is|are|was|were|be)\ no\ (?!
    longer | more | less | later | earlier | larger | smaller | different | such)[a-z]""", re.VERBOSE)
EXISTENCE = re.compile(r"\b(there|where|if|when)\b(\W+\w+){0,2}?\W+(is|are|was|were|be)\ no\ ", re.IGNORECASE)
# Comments of C files: no questions, no fragments.
FRAGMENT = re.compile(r"^(Of|By|Whose|Is|Are|Does|Do(?! not)|Has|Have|Was|Were)\b")
TOKEN = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)

# Files whose words are data or are quoted: each with the reason.
EXCEPTIONS = {
    "tests/lint/words.sh": "plants offenders",
    "tests/lint/phrases.py": "has the list",
}
SUFFIXES = {".c", ".h", ".md", ".scd", ".sh", ".py", ".txt"}


def pieces(path, text):
    """(offset, text) of what is read of a file."""
    if path.suffix not in (".c", ".h"):
        offset = 0
        for line in text.split("\n"):
            yield offset, line, False
            offset += len(line) + 1
        return
    for match in TOKEN.finditer(text):
        token = match.group()
        if token[0] != "'":
            yield match.start(), token, token.startswith("/*")


def wrong(piece, is_comment, is_source):
    """Whether a piece has one of the habits."""
    if PHRASES.search(piece):
        return True
    if is_source:
        flat = " ".join(re.sub(r"\n\s*\*", "\n", piece).split())
        if NO.search(EXISTENCE.sub(" ", flat)):
            return True
    if is_comment and is_source:
        body = piece[2:-2].strip(" *\n")
        return bool(FRAGMENT.match(body)) or body.endswith("?")
    return False


def main():
    paths = [path for top in ("src", "docs", "tests") for path in sorted(pathlib.Path(top).rglob("*"))]
    paths += sorted(pathlib.Path().glob("*.md"))
    for path in paths:
        if path.suffix not in SUFFIXES or str(path) in EXCEPTIONS or "corpus" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        is_source = path.parts[0] == "src"
        for offset, piece, is_comment in pieces(path, text):
            if wrong(piece, is_comment, is_source):
                print(f"{path}:{text.count(chr(10), 0, offset) + 1}:{' '.join(piece.split())[:120]}")


if __name__ == "__main__":
    main()
