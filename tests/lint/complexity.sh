#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# complexity.sh - a function fits a screen, a file has one subject.
#
# Modified complexity (a switch counts once) up to 20, functions up to 100 lines, files up to
# 700.  Wanted are 15, 60 and about 500.  Tests are not measured: a table of cases may be long.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
cd "$abs_top_srcdir" || exit 99

# too_long FOLDER... and too_complex FOLDER...: print the offenders.
too_long() {
    find "$@" -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 700'
}
too_complex() {
    find "$@" -name '*.c' -exec pmccabe {} + | awk '$1 > 20 || $5 > 100'
}

check "there are sources to measure" test "$(find src -name '*.c' | wc -l)" -gt 20
check_equal "no file is longer than 700 lines" "" "$(too_long src)"
mkdir "$work/planted"
yes 'int x;' | head -n 701 >"$work/planted/long.c"
check_not "a long file is reported" test -z "$(too_long "$work/planted")"

if command -v pmccabe >/dev/null 2>&1; then
    check_equal "no function is too complex or too long" "" "$(too_complex src)"
    {
        echo 'int f(int x) {'
        yes 'if (x) x++;' | head -n 21
        echo 'return x; }'
    } >"$work/planted/complex.c"
    check_not "a complex function is reported" test -z "$(too_complex "$work/planted")"
else
    skip "no function is too complex or too long" "pmccabe is not installed"
fi

done_testing
