# SPDX-License-Identifier: Apache-2.0
# tap.sh - TAP results and a temporary folder that is removed.
#
# Source it first: . "$(dirname "$0")/../lib/tap.sh"
# make check sets both folders; by hand, start a test from the build folder.
# SEALIFT may name another program to test, such as the static one.
# shellcheck shell=sh

set -u
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$PWD}"
: "${SEALIFT:=$abs_top_builddir/sealift}"
export LC_ALL=C SEALIFT PYTHONDONTWRITEBYTECODE=1

tap_count=0
work=$(mktemp -d "${TMPDIR:-/tmp}/sealift-test.XXXXXX") || exit 99
out=$work/.out # output of the last command
err=$work/.err

# Commands that stop background processes are appended here.
at_exit=:
tap_finish() {
    status=$?
    trap - EXIT
    $at_exit
    rm -rf "$work"
    exit "$status"
}
trap tap_finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

pass() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# fail NAME [TEXT]: TEXT is the actual result.
fail() {
    tap_count=$((tap_count + 1))
    echo "not ok $tap_count - $1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# skip NAME REASON: counted, never silent.
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# Every script ends with this: without it there is no plan, and the script fails.
done_testing() {
    echo "1..$tap_count"
    exit 0
}

is_quick() {
    [ "${SEALIFT_TESTS:-full}" = quick ]
}

need() {
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || skip_all "$tool is not installed"
    done
}

tap_show() {
    for tap_stream in out err; do
        [ ! -f "$work/.$tap_stream" ] ||
            sed -n "1,25s/^/#   $tap_stream: /p" "$work/.$tap_stream"
    done
}

# expect STATUS NAME COMMAND...: one result; $out and $err keep its output.
expect() {
    tap_want=$1 tap_name=$2
    shift 2
    "$@" >"$out" 2>"$err" </dev/null
    tap_got=$?
    if [ "$tap_got" -eq "$tap_want" ]; then
        pass "$tap_name"
        return 0
    fi
    fail "$tap_name" "exit $tap_got, not $tap_want: $*"
    tap_show
    return 1
}

# required STATUS NAME COMMAND...: as expect, and ends the script on failure.
required() {
    expect "$@" || done_testing
}

# check NAME COMMAND...: COMMAND succeeds; $out and $err stay unchanged.
check() {
    tap_name=$1
    shift
    if tap_said=$("$@" 2>&1); then
        pass "$tap_name"
        return 0
    fi
    fail "$tap_name" "failed: $*
$tap_said"
    tap_show
    return 1
}

# check_not NAME COMMAND...: COMMAND exits with status 1, not with another failure.
check_not() {
    tap_name=$1
    shift
    tap_said=$("$@" 2>&1)
    tap_got=$?
    if [ "$tap_got" -eq 1 ]; then
        pass "$tap_name"
        return 0
    fi
    fail "$tap_name" "exit $tap_got, not 1: $*
$tap_said"
    return 1
}

# check_equal NAME WANT GOT
check_equal() {
    if [ "$2" = "$3" ]; then
        pass "$1"
        return 0
    fi
    fail "$1" "want: $2
got:  $3"
    tap_show
    return 1
}
