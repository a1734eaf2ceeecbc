# SPDX-License-Identifier: Apache-2.0
"""report.py - the results as text, or as a section of docs/benchmarks.md."""
import os
import subprocess
from pathlib import Path

import tools
from runner import MIB

GIB = 1024 * MIB

VERSIONS = {"sealift": ["version"], "oras": ["version"], "crane": ["version"],
            "skopeo": ["--version"], "curl": ["--version"], "docker-registry": ["--version"]}


def amount(size):
    return f"{size / GIB:.2f} GiB" if size >= GIB else f"{size / MIB:.1f} MiB"


def _version(tool):
    try:
        said = subprocess.run([tools.program(tool), *VERSIONS[tool]], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    except OSError:
        return None
    words = [word for word in said.split() if word[:1].isdigit() or word[:2] in ("v0", "v1", "v2")]
    return f"{tool} {words[0]}" if words else tool


def _machine():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    else:
        model = os.uname().machine
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return (f"{len(os.sched_getaffinity(0))} cores ({model}), {amount(memory)} of memory, "
            f"Linux {os.uname().release}")


class Plain:
    """Columns for a terminal."""

    @staticmethod
    def title(name, text):
        print(f"\n{name}: {text}")

    @staticmethod
    def table(head, rows):
        widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        for row in (head, *rows):
            print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


class Markdown:
    """Tables for a page."""

    @staticmethod
    def title(name, text):
        print(f"\n## {name}\n\n{text[0].upper()}{text[1:]}.")

    @staticmethod
    def table(head, rows):
        print()
        for row in (head, ["---"] * len(head), *rows):
            print("| " + " | ".join(row) + " |")


def head(style, rounds):
    versions = [text for text in map(_version, VERSIONS) if text]
    print(f"{_machine()}.\n{', '.join(versions)}.\nMedians of {rounds}.", flush=True)


def part(style, done):
    """One part: who took how long, then the goals."""
    style.title(done.name, done.title)
    rows = []
    for who, readings in done.readings.items():
        low, high = readings.extremes("seconds")
        peak = readings.extremes("peak")[1]
        is_shell = peak < 4 * MIB  # which starts the tool many times: its memory says nothing
        rows.append([who, f"{readings.median('seconds'):.2f} s", f"{low:.2f} - {high:.2f}",
                     f"{readings.median('cpu'):.2f} s",
                     "" if is_shell else f"{peak / MIB:.0f} MiB",
                     amount(readings.median("written"))])
    if rows:
        style.table(["who", "median", "range", "CPU", "memory", "written"], rows)
    if done.goals:
        style.table(["asked of sealift", "reading", "goal", ""],
                    [[goal.what, goal.reading, goal.limit, "met" if goal.met else "not met"]
                     for goal in done.goals])
    print(end="", flush=True)
