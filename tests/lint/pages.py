#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pages.py SUBJECT TOP - print where a page of section 5 and the code of TOP disagree.

SUBJECT is that of the page: bundle, errors, events, policy.
"""
import pathlib
import re
import sys


def entries(page, heading=None, but=None):
    """The bold words that begin an entry of a page, or of one section of it."""
    section, found = "", []
    lines = page.read_text(encoding="utf-8").split("\n")
    for line, text in zip(lines, lines[1:]):
        if line.startswith("# "):
            section = line[2:]
        elif (line.startswith("*") and text.startswith("\t") and section != but
              and heading in (None, section)):
            found += re.findall(r"\*([^*]+)\*", line)
    return found


def sources(top):
    """The text of each source file."""
    for path in sorted((top / "src").glob("**/*.[ch]")):
        if path.name not in ("err.h", "hints.c"):
            yield path.read_text(encoding="utf-8")


def errors(top):
    page = top / "docs/man/sealift-errors.5.scd"
    table = (top / "src/base/err.h").read_text(encoding="utf-8")
    words = dict(re.findall(r'X\(([A-Z_]+), +"([a-z-]+)"\)', table))
    kinds = dict(re.findall(r'\[ERR_([A-Z_]+)\] = "([a-z-]+)"',
                            (top / "src/base/err.c").read_text(encoding="utf-8")))
    kinds.pop("NONE")
    kinds["SIGNAL"] = "signal"
    raised, possible, warned, named = set(), set(), set(), set()
    for text in sources(top):
        direct = re.findall(r"\bERR_([A-Z_]+),\s+REASON_([A-Z_]+)", text)
        raised |= {f"{kinds[kind]}.{words[reason]}" for kind, reason in direct if reason in words}
        here = {words[name] for name in re.findall(r"REASON_([A-Z_]+)", text) if name in words}
        named |= here
        possible |= {f"{kinds[kind]}.{word}" for word in here
                     for kind in re.findall(r"\bERR_([A-Z_]+)", text) if kind in kinds}
        # Where the kind is a variable, callers choose it.
        possible |= {f"{kind}.{words[reason]}" for kind in kinds.values() for reason in re.findall(
            r"\b[a-z]\w*,\s+REASON_([A-Z_]+)", text) if reason in words}
        warned |= {words[name] for name in re.findall(
            r"events_warning_because\([^;]*?REASON_([A-Z_]+)", text)}
    listed = entries(page, but="WARNINGS")
    warnings = entries(page, "WARNINGS")
    reasons_listed = {id.split(".")[-1] for id in listed} | set(warnings)
    general = {id for id in listed if "." not in id}
    for word in sorted(set(words.values()) - reasons_listed):
        yield f"the page lacks the reason {word}"
    for id in sorted(raised - set(listed)):
        yield f"the page lacks {id}"
    for kind in sorted(set(kinds.values()) - general):
        yield f"the page lacks the kind {kind}"
    for word in sorted(warned - set(warnings)):
        yield f"the page lacks the warning {word}"
    for id in listed:
        # A reason without a kind is one of any kind.
        if "." in id and id not in raised | possible:
            yield f"the code has no error {id}"
        if "." not in id and id not in set(kinds.values()) | named:
            yield f"the code has no kind {id}"
    for word in warnings:
        if word not in named:
            yield f"the code has no warning {word}"
    for word in sorted({word for word in listed if listed.count(word) > 1}):
        yield f"the page has {word} twice"


def compare(what, page, code):
    for word in sorted(set(code) - set(page)):
        yield f"the page lacks the {what} {word}"
    for word in sorted(set(page) - set(code)):
        yield f"the code has no {what} {word}"


def events(top):
    page = top / "docs/man/sealift-events.5.scd"
    code = (top / "src/cli/progress.c").read_text(encoding="utf-8")
    outcome = (top / "src/cli/print_result.c").read_text(encoding="utf-8")
    names = re.findall(r'show_(?:json|text)\((?:p, )?"(\w+)"', code)
    for value in re.findall(r'"event",([^;]*);', code):
        names += re.findall(r'"(\w+)"', value)
    headings = re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    yield from compare("event", [name for line in headings for name in line.split(", ")], names)
    members = re.findall(r'jsout_put\w*\(obj, "(\w+)"', code)
    members += re.findall(r'jsout_put\w*\(json, "(\w+)"', outcome)
    yield from compare("member", entries(page, "EVENTS"), set(members) - {"event"})


def policy(top):
    page = top / "docs/man/sealift-policy.5.scd"
    code = (top / "src/trust/policy.c").read_text(encoding="utf-8")
    tables = {name: [] for name in ("known", "others")}
    for name, words in re.findall(r"const (\w+)\[\] = \{([^}]*), +NULL\}",
                                  re.sub(r"\s+", " ", code)):
        tables["known" if name == "known" else "others"].append(re.findall(r'"([^"]+)"', words))
    objects = {"version": "POLICY", "keys": "SIGNERS", "max_age_days": "STREAMS",
               "ca": "CERTIFICATES"}
    for member, heading in objects.items():
        known = [words for words in tables["known"] if member in words]
        yield from compare(f"member of {heading}", entries(page, heading),
                           known[0] if known else [])
    text = page.read_text(encoding="utf-8")
    for word in sorted({word for words in tables["others"] for word in words[1:]
                        if f"*{word}*" not in text}):
        yield f"the page lacks the value {word}"


def bundle(top):
    page = top / "docs/man/sealift-bundle.5.scd"
    keys = (top / "src/bundle/format/index_keys.h").read_text(encoding="utf-8")
    names = [("dev.sealift." if prefix else "") + name for prefix, name in re.findall(
        r'#define \w+ +(PREFIX )?"((?:org|io)\.[\w.]+|[a-z]+)"\n', keys)
             if prefix or "." in name]
    yield from compare("annotation", entries(page, "ENTRIES") + entries(page, "ANNOTATIONS"), names)
    code = "".join(path.read_text(encoding="utf-8")
                   for path in sorted((top / "src/bundle").glob("**/*.[ch]")))
    members = re.findall(
        r'"(oci-layout|index\.json|SHA256SUMS|signatures/\.?\w*|blobs/sha256/|\.sigstore\.json|\.p7s)"', code)
    yield from compare("member", entries(page, "MEMBERS"), members)


SUBJECTS = {"bundle": bundle, "errors": errors, "events": events, "policy": policy}

if __name__ == "__main__":
    for line in SUBJECTS[sys.argv[1]](pathlib.Path(sys.argv[2])):
        print(line)
