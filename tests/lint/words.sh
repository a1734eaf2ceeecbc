#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# words.sh - plain, idiomatic English: turns of phrase that read as if translated.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3
cd "$abs_top_srcdir" || exit 99

# offenders FOLDER: FILE:LINE:TEXT of each habit in the sources, documents and tests below it.
offenders() {
    (cd "$1" && PYTHONIOENCODING=utf-8 python3 -B "$abs_top_srcdir/tests/lint/phrases.py")
}

check "there are files to read" test \
    "$(find src docs tests -name '*.[ch]' -o -name '*.md' -o -name '*.sh' -o -name '*.scd' | wc -l)" -gt 300
check_equal "no file has a phrase that reads as if translated" "" "$(offenders .)"

mkdir -p "$work/planted/src" "$work/planted/docs" "$work/planted/tests"
cat >"$work/planted/src/a.c" <<'END'
/* Whoever has the lock. */ // WRONG
/* Is it a digest? */ // WRONG
/* Of these jobs. */ // WRONG
/* What follows is nobody's. */ // WRONG
err_set(err, "'%s' is no platform"); // WRONG
/* There is no platform: the list is no longer than one. */
struct trust_store nobody;
err_set(err, "what could not be had"); // WRONG
END
printf '%s\n' 'An export is gone on with. WRONG' 'There is no limit.' >"$work/planted/docs/a.md"
printf '%s\n' '# begin anew WRONG' 'check "it is there all the same" WRONG' >"$work/planted/tests/a.sh"
check_equal "this lint finds what is wrong" \
    "$(cd "$work/planted" && grep -rn WRONG . | sed 's/^\.\///' | cut -d: -f1,2 | sort)" \
    "$(offenders "$work/planted" | cut -d: -f1,2 | sort -u)"

done_testing
