#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shell linter has no complaints about the scripts of this project.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need shellcheck
cd "$abs_top_srcdir" || exit 99

# SC2317: functions are called through expect and check, which it cannot see.
# SC2016: "sh -c" and python get their arguments by number, as intended.
complaints() {
    printf '%s\n' "$@" | xargs -n 12 -P "$(getconf _NPROCESSORS_ONLN)" shellcheck --external-sources \
        --source-path="$abs_top_srcdir" --exclude=SC2317,SC2016 --format=gcc
}

# A script is checked again only when it, a library or this lint has changed.
passed=$abs_top_builddir/tests/lint/shellcheck.passed
state_of() {
    { shellcheck --version && cat tests/lint/shellcheck.sh tests/lib/*.sh "$1"; } | sha256sum
}
find tests packaging autogen.sh .ci -name '*.sh' -o -path '.ci/run' | while read -r script; do
    echo "$script $(state_of "$script")"
done >"$work/states"
check "there are scripts to check" test "$(wc -l <"$work/states")" -gt 20
changed=$(if [ -f "$passed" ]; then grep -vxFf "$passed" "$work/states"; else cat "$work/states"; fi |
    cut -d ' ' -f 1)
# shellcheck disable=SC2086 # our file names have no blanks
[ -z "$changed" ] || said=$(complaints $changed)
check_equal "shellcheck has no complaints" "" "${said:-}" && cp "$work/states" "$passed"
printf '#!/bin/sh\nrm $1\n' >"$work/bad.sh"
check_not "a bad script gets a complaint" test -z "$(complaints "$work/bad.sh")"

done_testing
