#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target runs all of its seeds once.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$PWD}"

number=0
set --
for file in "$abs_top_srcdir"/tests/fuzz/fuzz_*.c; do
    name=${file##*/fuzz_}
    set -- "$@" "${name%.c}"
done
echo "1..$#"
for target do
    number=$((number + 1))
    seeds=$abs_top_srcdir/tests/fuzz/corpus/$target
    program=$abs_top_builddir/tests/fuzz/fuzz_$target

    set -- "$seeds"/*
    if [ ! -f "$1" ]; then
        echo "not ok $number - $target: no seeds in $seeds"
    elif "$program" "$@" >&2; then
        echo "ok $number - $target, $# seeds"
    else
        echo "not ok $number - $target"
    fi
done
