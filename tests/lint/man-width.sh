#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man-width.sh - the manual pages are well formed, and fit a terminal of 80 columns: literal
# text is not wrapped.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need scdoc nroff python3

# too_wide PAGE: the lines of the rendered page that are wider than 80 columns.
too_wide() {
    GROFF_NO_SGR=1 nroff -man -Tutf8 -rLL=80n <"$1" | PYTHONIOENCODING=utf-8 python3 -c '
import re, sys
for line in sys.stdin:
    line = re.sub(".\b", "", line.rstrip("\n"))
    if len(line) > 80:
        print(line)'
}

# complaints PAGE: what groff and mandoc say about it.  scdoc puts an empty paragraph below
# every heading.
complaints() {
    groff -man -Tutf8 -ww -z <"$1" 2>&1
    ! command -v mandoc >/dev/null || mandoc -Tlint -Wwarning "$1" | grep -v 'skipping paragraph macro'
}

for source in "$abs_top_srcdir"/docs/man/*.scd; do
    name=$(basename "$source" .scd)
    scdoc <"$source" >"$work/$name"
    check "scdoc accepts $name" test -s "$work/$name"
    check_equal "no line of $name is wider than 80 columns" "" "$(too_wide "$work/$name")"
    check_equal "groff and mandoc accept $name" "" "$(complaints "$work/$name")"
done
cat >"$work/wide.scd" <<'END'
wide(1)

# NAME

wide - one line is too long

```
{"a member of an object": "that is written on one line, which is longer than a terminal is wide"}
```
END
scdoc <"$work/wide.scd" >"$work/wide.1"
check_equal "this lint finds a line that is too wide" 1 "$(too_wide "$work/wide.1" | wc -l)"
printf '.TH BAD 1\n.SH NAME\n\\*[undefined]\n' >"$work/bad.1"
check "this lint finds a page that groff warns about" test -n "$(complaints "$work/bad.1")"

done_testing
