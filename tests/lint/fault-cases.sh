#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every case of tests/faults/cases.txt has a test that is there and runs.

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
functions = {}  # "script.function" -> numbers
for script in scripts:
    made = subprocess.run([sys.executable, "-B", tests / f"faults/{script}.py", "--list"],
                          check=True, capture_output=True, text=True)
    for line in made.stdout.splitlines():
        name, *numbers = line.split()
        functions[f"{script}.{name}"] = numbers
    if not made.stdout:
        print(f"{script}.py has no cases")

wanted = [str(n) for n in range(1, 111)]
wanted += [f"s{n}" for n in [3, 6, 9, 10, 11, 15, 17, 18, 20, 21, 25, *range(27, 32), 33, 34, 35,
                             38, 45, 47, *range(49, 53), 54, *range(56, 61), 63, 66, 68, 69, 70,
                             103, 104, 105, 106, 109]]
rows = {}
for line in table.read_text().splitlines():
    if not line.strip() or line.startswith("#"):
        continue
    number, where, text = line.split(None, 2)
    if number in rows:
        print(f"case {number} is there twice")
    rows[number] = where
    if where.count("."):
        for one in where.split(","):
            if number not in functions.get(one, ()):
                print(f"case {number}: {one} is no test of it")
    else:  # unit/test_x:function or e2e/x:text
        file, _, word = where.partition(":")
        found = [path for path in tests.glob(file + ".*") if path.suffix in (".c", ".sh")]
        if not found or word not in found[0].read_text():
            print(f"case {number}: there is no {where}")
for number in wanted:
    if number not in rows:
        print(f"case {number} is missing")
for name, numbers in functions.items():
    for number in numbers:
        if name not in rows.get(number, "").split(","):
            print(f"{name} says that it is a test of case {number}, the table does not")
PYTHON
}

table=$abs_top_srcdir/tests/faults/cases.txt
check_equal "every case has its test" "" "$(judge "$table")"
sed -e 's/^7 .*//' -e 's/^\(9 *\)[^ ]*/\1references.none/' "$table" >"$work/wrong.txt"
check_equal "a missing case and a missing test are found" 2 \
    "$(judge "$work/wrong.txt" | grep -cE '^case (7 is missing|9: references.none)')"

done_testing
