#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh - everything that is asked of a change, on a fresh Debian 12.
#
#     sh tests/check.sh
#
# Installs what is missing, then, in a temporary copy of the sources: builds with gcc and
# with clang, warnings being errors; runs all tests plain and under the address and
# undefined-behaviour sanitizers; runs the quick tests on clang's build; makes a release
# tarball and builds and tests that.  The last line is "N passed, N failed, N skipped"; the exit
# status is 1 when anything failed.

set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/lib/build.sh
. "$top/tests/lib/build.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/sealift-check.XXXXXX") || exit 1
stages=0 # stages that count as one result and are done
broken=0 # failures that no test result stands for
began=$(date +%s)

# The sums of all test results so far, and the one line this script is about.
finish() {
    trap - EXIT HUP INT TERM
    count() {
        find "$work" -name '*.trs' -exec grep -hE "^:test-result: ($1)" {} + | wc -l
    }
    passed=$(($(count 'PASS|XFAIL') + stages))
    failed=$(($(count 'FAIL|XPASS|ERROR') + broken))
    # Tests left out of a quick run are run in full elsewhere: they do not count as skipped.
    find "$work" -name '*.log' ! -name test-suite.log -exec grep -hE '(^ok|^1\.\.0) .*# SKIP ' {} + |
        grep -v '^1\.\.0 # SKIP quick run' >"$work/skipped"
    skipped=$(wc -l <"$work/skipped")
    echo
    sed 's/^ok [0-9]* - //; s/^1\.\.0 # SKIP /a whole script: /; s/^/skipped: /' "$work/skipped" |
        sort | uniq -c
    chmod -R u+w "$work"
    rm -rf "$work"
    printf '%d s\n' $(($(date +%s) - began))
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit $?
}
trap 'broken=$((broken + 1)); finish' HUP INT TERM
trap finish EXIT

# stage NAME COMMAND...: one line with its seconds; on failure the end of what it said.
stage() {
    name=$1
    shift
    stage_began=$(date +%s)
    printf '%-52s' "$name"
    ("$@") >"$work/stage.txt" 2>&1
    status=$?
    word=ok
    [ "$status" -eq 0 ] || word=FAILED
    printf '%-7s %4d s\n' "$word" $(($(date +%s) - stage_began))
    return "$status"
}

# A failure that no test stands for.
break_stage() {
    broken=$((broken + 1))
    grep -vE '^(PASS|SKIP): |^  (CC|AR|CCLD|GEN) |^make\[' "$work/stage.txt" |
        tail -n 60 | sed 's/^/    /'
}

# A stage that is one result itself.
must_pass() {
    stage "$@" || {
        break_stage
        return 1
    }
    stages=$((stages + 1))
}

# build FOLDER COMPILER OPTIONS...
build() {
    mkdir "$work/$1" && cd "$work/$1" || return 1
    compiler=$2
    shift 2
    "$work/source/configure" -q CC="$compiler" --enable-werror --with-cmocka "$@" &&
        make -s -j"$(workers)" && make -s -j"$(workers)" check TESTS=
}

# Show what failed in a folder, test by test, with what the test said about it.
show_failures() {
    failures=$(grep -lE '^:test-result: (FAIL|XPASS|ERROR)' -r "$work/$1" --include='*.trs')
    if [ -z "$failures" ]; then
        break_stage
    fi
    for file in $failures; do
        echo "    --- ${file#"$work/"}" | sed 's/\.trs$//'
        grep -E '^:test-result: (FAIL|XPASS|ERROR)' "$file" | sed 's/^:test-result: /    /'
        awk '/^not ok/ { show = 40 } /^ok/ { show = 0 } show-- > 0' "${file%.trs}.log" |
            sed 's/^/    /'
    done
}

run_tests() {
    # Twice as many as there are processors: much of what tests do is waiting.
    cd "$work/$1" &&
        SEALIFT_TESTS=$2 make -s -j$((2 * $(workers))) check
}

# try NAME FOLDER COMPILER full|quick OPTIONS...: build it, test it.
try() {
    label=$1 folder=$2 compiler=$3 extent=$4
    shift 4
    must_pass "$label: build" build "$folder" "$compiler" "$@" || return
    stage "$label: tests ($extent)" run_tests "$folder" "$extent" || show_failures "$folder"
}

prepare() {
    copy_source "$work/source" && cd "$work/source" && ./autogen.sh
}

distcheck() {
    mkdir "$work/dist" && cd "$work/dist" && "$work/source/configure" -q &&
        SEALIFT_TESTS=quick make -s -j$((2 * $(workers))) distcheck
}

echo "sealift: the whole check, in $work"
# shellcheck disable=SC2086 # lists of names
must_pass "packages" install_missing $packages_to_build $packages_to_run clang gnutls-bin softhsm2 \
    clang-format-14 faketime iproute2 libarchive-tools libcmocka-dev nginx-light pmccabe scdoc shellcheck strace \
    umoci xz-utils || exit
must_pass "a copy of the sources, configure" prepare || exit
try "gcc" gcc gcc full
try "gcc, address and undefined behaviour" sanitized gcc full --enable-sanitizers \
    CFLAGS='-g -O1'
try "clang" clang clang quick
if stage "make distcheck" distcheck; then
    stages=$((stages + 1))
else
    show_failures dist
fi
