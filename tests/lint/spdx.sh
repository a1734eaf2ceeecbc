#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# spdx.sh - every source file names its licence in its first three lines.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"
cd "$abs_top_srcdir" || exit 99

# unmarked FOLDER...: the source files without the line.
unmarked() {
    find "$@" \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) -type f | sort | while read -r file; do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' || echo "$file"
    done
}

check "there are sources to inspect" test "$(find src tests -name '*.[ch]' | wc -l)" -gt 20
check_equal "every source file has an SPDX line" "" "$(unmarked src tests autogen.sh)"
mkdir "$work/bare"
echo 'int x;' >"$work/bare/a.c"
echo '/* SPDX-License-Identifier: Apache-2.0 */' >"$work/bare/b.c"
check_equal "a file without one is reported" "$work/bare/a.c" "$(unmarked "$work/bare")"
done_testing
