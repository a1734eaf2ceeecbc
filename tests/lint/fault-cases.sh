#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fault-cases.sh - tests/faults/cases.txt and the fault tests name the same cases.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3

judge() {
    python3 -B - "$abs_top_srcdir/tests" "$@" <<'PYTHON'
import pathlib
import re
import subprocess
import sys

tests, table = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
listed = re.search(r"FAULT_TESTS = (.*?)\nTESTS", (tests / "faults/Makemodule.am").read_text(),
                   re.DOTALL)[1]
scripts = re.findall(r"tests/faults/(\w+)\.py", listed)
functions = {}  # "script.function" -> names of its cases
for script in scripts:
    made = subprocess.run([sys.executable, "-B", tests / f"faults/{script}.py", "--list"],
                          check=True, capture_output=True, text=True)
    for line in made.stdout.splitlines():
        name, *names = line.split()
        functions[f"{script}.{name}"] = names
    if not made.stdout:
        print(f"{script}.py has no cases")

cases = {}  # name -> its tests
for line in table.read_text().splitlines():
    if line.startswith("    "):
        cases[name] += [word.strip() for word in line.split(",") if word.strip()]
    elif line and not line.startswith("#"):
        name, _, text = line.partition(": ")
        if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or not text.endswith("."):
            print(f"malformed: {line}")
        if name in cases:
            print(f"{name}: listed twice")
        cases[name] = []

for name, places in cases.items():
    if not places:
        print(f"{name}: no test")
    for place in places:
        if "/" not in place:
            if name not in functions.get(place, ()):
                print(f"{name}: {place} is not a test of this case")
            continue
        file, _, word = place.partition(":")
        found = [path for path in tests.glob(file + ".*") if path.suffix in (".c", ".sh")]
        if not found or word not in found[0].read_text():
            print(f"{name}: {place} does not exist")
for function, names in functions.items():
    for name in names:
        if function not in cases.get(name, ()):
            print(f"{name}: {function} is not listed")
PYTHON
}

table=$abs_top_srcdir/tests/faults/cases.txt
check_equal "cases and tests match" "" "$(judge "$table")"
sed -e '/^tag-pages:/,/^ /d' -e 's/^\( *\)references.tells_hosts_from_paths/\1references.none/' "$table" \
    >"$work/wrong.txt"
check_equal "a missing case and a missing test are reported" "host-or-path: references.none is not a test of this case
tag-pages: lists.lists_tags_over_pages is not listed
tag-pages: lists.follows_odd_links is not listed
tag-pages: lists.stops_on_a_pagination_loop is not listed
host-or-path: references.tells_hosts_from_paths is not listed" "$(judge "$work/wrong.txt")"

done_testing
