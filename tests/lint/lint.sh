# SPDX-License-Identifier: Apache-2.0
# lint.sh - what the lints share: they name offenders, and prove that they can.
# shellcheck shell=sh

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3
# shellcheck disable=SC2034 # for who sources this
src=$abs_top_srcdir/src

# code_in FOLDER: its C code, without comments and strings, as FILE:LINE:CODE.
code_in() {
    python3 "$abs_top_srcdir/tests/lint/code.py" "$1"
}

# plant FILE LINE...: a small wrong tree in $work/planted, for the lint to find.
plant() {
    mkdir -p "$work/planted/$(dirname "$1")"
    planted=$1
    shift
    printf '%s\n' "$@" >"$work/planted/$planted"
}

# lint NAME: the function offenders FOLDER, which prints FILE:LINE:..., finds nothing in the
# sources and everything in the planted tree: the lines that contain "WRONG".
lint() {
    check "there are sources to inspect" test "$(find "$src" -name '*.[ch]' | wc -l)" -gt 20
    check_equal "$1" "" "$(offenders "$src")"
    check_equal "this lint reports a fault" \
        "$(cd "$work/planted" && grep -rn WRONG . | sed 's/^\.\///' | cut -d: -f1,2 | sort)" \
        "$(offenders "$work/planted" | cut -d: -f1,2 | sort -u)"
    done_testing
}
