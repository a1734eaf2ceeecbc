#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trust-cases.sh - every row of trust_cases.txt has a test that is there, and no test a row that is not.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3

# judge TABLE: what is wrong with it, a line each; the last line says how many are unwritten.
judge() {
    python3 - "$abs_top_srcdir/tests" "$1" <<'PYTHON'
import pathlib
import re
import sys

tests, table = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
rows, unwritten = {}, 0
for line in table.read_text().splitlines():
    if not line.strip() or line.startswith("#"):
        continue
    number, where = line.split(None, 1)
    if number in rows:
        print(f"row {number} is there twice")
    rows[number] = where
    if where == "-":
        unwritten += 1
        continue
    for place in where.split(" | "):
        file, _, text = place.partition(":")
        if not (tests / file).is_file() or text not in (tests / file).read_text():
            print(f"row {number}: there is no {place}")
for number in range(1, 39):
    if str(number) not in rows:
        print(f"row {number} is missing")
for file in ("e2e/forge.py", "e2e/trust_matrix.sh", "e2e/trust_policy.sh"):
    for number in re.findall(r"\byield (\d+),|\brow (\d+):", (tests / file).read_text()):
        number = "".join(number)
        if file not in rows.get(number, ""):
            print(f"{file} says that it is a test of row {number}, the table does not")
print(f"{unwritten} unwritten")
PYTHON
}

table=$abs_top_srcdir/tests/e2e/trust_cases.txt
judge "$table" >"$work/said"
check_equal "every row has its tests" "" "$(sed '$d' "$work/said")"
case $(tail -n 1 "$work/said") in
'0 unwritten') pass "all rows are written" ;;
*) skip "all rows are written" "$(tail -n 1 "$work/said")" ;;
esac
sed 's/^7 .*/7  e2e\/forge.py:yield 777,/; /^9 /d' "$table" >"$work/bad"
check "a row without its test would be found" sh -c 'grep -q "row 7: there is no" "$1"' - \
    "$(judge "$work/bad" >"$work/said"; echo "$work/said")"
check "and one that is missing" grep -q 'row 9 is missing' "$work/said"

done_testing
