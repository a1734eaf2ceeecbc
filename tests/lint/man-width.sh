#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man-width.sh - the manual page fits a terminal of 80 columns: literal text is not wrapped.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need scdoc nroff python3

# too_wide <PAGE: the lines of the rendered page that are wider than 80 columns.
too_wide() {
    scdoc | GROFF_NO_SGR=1 nroff -man -Tutf8 -rLL=80n | PYTHONIOENCODING=utf-8 python3 -c '
import re, sys
for line in sys.stdin:
    line = re.sub(".\b", "", line.rstrip("\n"))
    if len(line) > 80:
        print(line)'
}

check_equal "no line of the page is wider than 80 columns" "" \
    "$(too_wide <"$abs_top_srcdir/docs/man/sealift.1.scd")"
cat >"$work/wide.scd" <<'END'
wide(1)

# NAME

wide - one line is too long

```
{"a member of an object": "that is written on one line, which is longer than a terminal is wide"}
```
END
check_equal "this lint finds a line that is too wide" 1 "$(too_wide <"$work/wide.scd" | wc -l)"

done_testing
