#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# allocations.sh - memory runs out, at one place after another.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
preload=$abs_top_builddir/tests/crash/alloc.so
nm "$SEALIFT" 2>/dev/null | grep -q __asan_init &&
    skip_all "sanitizers bring their own malloc"
[ -f "$preload" ] || skip_all "alloc.so is not built"

must start_registry source
must start_registry target
must fill source fleet --images 2 --platforms 1 --layers 2 --layer-bytes 150000 --shared 1
python3 "$tests/crash/every_allocation.py" "$work" "$SEALIFT" \
    "$(address_of source)" "$(address_of target)" "$preload"
