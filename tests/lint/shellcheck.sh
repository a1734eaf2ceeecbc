#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The scripts of this project, read by somebody who knows every trap of the shell.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need shellcheck
cd "$abs_top_srcdir" || exit 99

# SC2317: functions are called through expect and check, which it cannot see.
# SC2016: "sh -c" and python get their arguments by number, and that is meant.
complaints() {
    shellcheck --external-sources --source-path="$abs_top_srcdir" --exclude=SC2317,SC2016 \
        --format=gcc "$@"
}

scripts=$(find tests autogen.sh .ci -name '*.sh' -o -path '.ci/run')
check "there are scripts to read" test "$(echo "$scripts" | wc -l)" -gt 20
# shellcheck disable=SC2086 # our file names have no blanks
check_equal "shellcheck has no complaints" "" "$(complaints $scripts)"
printf '#!/bin/sh\nrm $1\n' >"$work/bad.sh"
check_not "it would have one about a bad script" test -z "$(complaints "$work/bad.sh")"

done_testing
