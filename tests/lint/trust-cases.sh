#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trust-cases.sh - trust_cases.txt and the tests of trust name the same cases.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3

# judge TABLE: prints a line for each difference.
judge() {
    python3 - "$abs_top_srcdir/tests" "$1" <<'PYTHON'
import pathlib
import re
import sys

tests, table = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
name_form = "[a-z][a-z0-9]*(?:-[a-z0-9]+)+|truncated|revoked|expired|passphrases"
cases = {}  # name -> its places
for line in table.read_text().splitlines():
    if line.startswith("    "):
        cases[name].append(line.strip())
    elif line and not line.startswith("#"):
        name, _, text = line.partition(": ")
        if not re.fullmatch(name_form, name) or not text.endswith("."):
            print(f"malformed: {line}")
        if name in cases:
            print(f"{name}: listed twice")
        cases[name] = []
for name, places in cases.items():
    if not places:
        print(f"{name}: no test")
    for place in places:
        file, _, text = place.partition(":")
        if not (tests / file).is_file() or text not in (tests / file).read_text():
            print(f"{name}: {place} does not exist")
for file in ("e2e/forge.py", "e2e/trust_matrix.sh", "e2e/trust_policy.sh", "e2e/certificates.sh"):
    used = re.findall(rf"""yield "([a-z0-9-]+)", \d|"({name_form}): """, (tests / file).read_text())
    for name in sorted({a or b for a, b in used}):
        if not any(place.startswith(file) for place in cases.get(name, [])):
            print(f"{name}: {file} is not listed")
PYTHON
}

table=$abs_top_srcdir/tests/e2e/trust_cases.txt
check_equal "cases and tests match" "" "$(judge "$table")"
sed -e 's/yield "blob-set-changed"/yield "none"/' -e '/^sums-changed:/,/^ /d' "$table" >"$work/wrong.txt"
check_equal "a missing case and a missing test are reported" \
    "blob-set-changed: e2e/forge.py:yield \"none\", does not exist
sums-changed: e2e/forge.py is not listed" "$(judge "$work/wrong.txt")"

done_testing
