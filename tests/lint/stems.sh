#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# stems.sh - of two tests called a.sh and a.py make would run one, twice.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
cd "$abs_top_srcdir" || exit 99

twins() {
    find "$@" -name '*.sh' -o -name '*.py' | sed 's/\.[a-z]*$//' | sort | uniq -d
}

check_equal "no two scripts have the same name" "" "$(twins tests)"
mkdir "$work/two" && touch "$work/two/a.sh" "$work/two/a.py"
check_equal "two that do are reported" "$work/two/a" "$(twins "$work/two")"
done_testing
