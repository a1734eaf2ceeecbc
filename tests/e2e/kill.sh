#!/bin/sh
# kill.sh - an export that is killed, or whose disk fails, at every single call that writes:
# the old file or the new one, never half of one, and the next run mends it.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # the leak check is a tracer, too
export ASAN_OPTIONS

must start_registry source
must fill source fleet --images 1 --platforms 1 --layers 2 --layer-bytes 600000 --shared 0
image=$(address_of source)/fleet/image000:v1
mkdir "$work/carrier"
bundle=$work/carrier/images.tar
SOURCE_DATE_EPOCH=1767225600
export SOURCE_DATE_EPOCH
must sealift export -q --unsigned -o "$work/good.tar" "$image"

# One worker: then each call has its number.
export_it() {
    "$abs_top_builddir/sealift" export -q -j 1 --unsigned --force -o "$bundle" "$image"
}
tampered() {
    strace -f -qq -o "$work/trace" -e "trace=$1" -e "inject=$1:$2:when=$3" \
        "$abs_top_builddir/sealift" export -q -j 1 --unsigned --force -o "$bundle" "$image"
}

# What must hold at any moment: the old file, or the new one.
old_or_new() {
    cmp -s "$bundle" "$work/good.tar" || [ "$(cat "$bundle")" = old ]
}

# strike CALL WHAT STATUS: at its first time, its second, ...; a long run takes each of them.
strike() {
    strike_n=1 strike_hits=0 strike_bad=''
    while :; do
        rm -rf "$work/carrier" && mkdir "$work/carrier"
        echo old >"$bundle"
        tampered "$1" "$2" "$strike_n" 2>"$err"
        strike_got=$?
        [ "$strike_got" -ne 0 ] || break
        strike_hits=$((strike_hits + 1))
        [ "$strike_got" -eq "$3" ] || strike_bad="$strike_bad $strike_n:exit-$strike_got"
        old_or_new || strike_bad="$strike_bad $strike_n:half"
        export_it 2>"$err" || strike_bad="$strike_bad $strike_n:not-mended"
        cmp -s "$bundle" "$work/good.tar" || strike_bad="$strike_bad $strike_n:other"
        [ "$(ls -A "$work/carrier")" = images.tar ] || strike_bad="$strike_bad $strike_n:left"
        if [ "${SEALIFT_TESTS:-}" = long ]; then
            strike_n=$((strike_n + 1))
        else
            strike_n=$((strike_n * 4))
        fi
    done
    check_equal "$1 $2, $strike_hits times" "" "$strike_bad"
    check "there was something to strike" test "$strike_hits" -gt 0
}

for call in pwrite64 fallocate fsync /^renameat; do
    strike "$call" signal=KILL 137
done
for call in pwrite64 fsync /^renameat; do
    strike "$call" error=EIO 8
done
strike pwrite64 error=ENOSPC 8

done_testing
