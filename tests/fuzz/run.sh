#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh - looks for inputs that break a parser.
#
#     sh ../tests/fuzz/run.sh [ENGINE [SECONDS [TARGET...]]]
#
# ENGINE: libfuzzer (needs clang) or afl (needs afl++).  SECONDS: for each target, 20 when
# left out.  TARGET: the NAME of a fuzz_NAME.c in this folder; all of them when left out.
#
# Started in a build folder, it builds with sanitizers in ./fuzz-ENGINE/build, and leaves
# in ./fuzz-ENGINE/NAME what was found and what is worth keeping, until the next run.
# Prints TAP; the exit status is 1 when there is a finding.  README.md says what then.

set -u
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$PWD}"
export LC_ALL=C
here=$abs_top_srcdir/tests/fuzz
limit=30 # seconds for one input: a key file may ask for ten of them

engine=${1:-libfuzzer}
seconds=${2:-20}
shift $(($# < 2 ? $# : 2))
if [ $# -eq 0 ]; then
    for file in "$here"/fuzz_*.c; do
        name=${file##*/fuzz_}
        set -- "$@" "${name%.c}"
    done
fi

case $engine in
libfuzzer) compiler=clang ;;
afl) compiler=afl-clang-fast ;;
*)
    echo "run.sh: '$engine' is neither libfuzzer nor afl" >&2
    exit 2
    ;;
esac
if ! command -v "$compiler" >/dev/null; then
    echo "1..0 # SKIP $compiler is not installed"
    exit 0
fi
place=$abs_top_builddir/fuzz-$engine

# build TARGET...
build() {
    for name; do
        shift
        set -- "$@" "tests/fuzz/fuzz_$name"
    done
    mkdir -p "$place/build" && cd "$place/build" || return
    [ -f Makefile ] || "$abs_top_srcdir/configure" -q CC="$compiler" CFLAGS='-g -O1' \
        --enable-fuzzing --enable-sanitizers || return
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -j"$(nproc)" "$@"
}

# Each engine runs a program on seeds for that long, in a folder of its own: findings go
# into found/, what it says into log; $runs and $edges are set.

# run_libfuzzer NAME [DICTIONARY]: ends with the first finding.
run_libfuzzer() {
    mkdir corpus
    "$place/build/tests/fuzz/fuzz_$1" ${2:+"-dict=$2"} -max_total_time="$seconds" \
        -timeout="$limit" -report_slow_units="$limit" -artifact_prefix=found/ -print_final_stats=1 \
        corpus "$here/corpus/$1" >log 2>&1 </dev/null
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' log)
    edges=$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' log | tail -n 1)
}

# run_afl NAME [DICTIONARY]
run_afl() {
    # No screen, and neither the governor of the processor nor where cores go matter.
    AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        afl-fuzz ${2:+-x "$2"} -V "$seconds" -t "${limit}000" -i "$here/corpus/$1" -o afl \
        -- "$place/build/tests/fuzz/fuzz_$1" >log 2>&1 </dev/null
    runs=$(sed -n 's/^execs_done *: *//p' afl/default/fuzzer_stats)
    edges=$(sed -n 's/^edges_found *: *//p' afl/default/fuzzer_stats)
    find afl/default/crashes afl/default/hangs -name 'id:*' -exec cp {} found/ \;
}

# try NUMBER NAME: one line of TAP, and what was found behind it.
try() {
    dictionary=$here/$2.dict
    [ -f "$dictionary" ] || dictionary=
    rm -rf "${place:?}/$2"
    mkdir -p "$place/$2/found" && cd "$place/$2" || return
    runs='' edges=''
    "run_$engine" "$2" ${dictionary:+"$dictionary"} 2>/dev/null
    [ -n "$runs" ] || cp log found/ # a program that does not even start
    if [ -z "$(ls found)" ]; then
        echo "ok $1 - $2, $runs runs, $edges edges"
        return 0
    fi
    echo "not ok $1 - $2, ${runs:-no} runs"
    for file in found/*; do
        echo "# $place/$2/$file"
    done
    return 1
}

echo "1..$#"
if ! (build "$@") >&2; then
    echo "Bail out! the targets do not build"
    exit 1
fi
number=0 status=0
for name; do
    number=$((number + 1))
    try "$number" "$name" || status=1
done
exit "$status"
