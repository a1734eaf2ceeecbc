#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format.sh - the tool decides how C looks.  Its version does too, so that one is pinned.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need clang-format-14
cd "$abs_top_srcdir" || exit 99

# badly_formatted FOLDER...: the files that clang-format would change.
badly_formatted() {
    find "$@" -name '*.[ch]' -exec clang-format-14 --style=file:"$abs_top_srcdir/.clang-format" \
        --dry-run -Werror {} + 2>&1 | sed -n 's/: error: .*//p' | cut -d: -f1 | sort -u
}

check "there are files to check" test "$(find src tests -name '*.[ch]' | wc -l)" -gt 20
check_equal "every file is formatted" "" "$(badly_formatted src tests)"
echo 'int  f( void ){return 1 ;}' >"$work/bad.c"
check_equal "an unformatted file is reported" "$work/bad.c" "$(badly_formatted "$work")"

done_testing
