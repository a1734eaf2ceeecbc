#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# syscalls.sh - an export and an import, killed at and failed by one system call after another.
#
# make check tries the calls that decide what is left on a disk, make check-long all of them.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need_to_trace

must start_registry source
must start_registry target
must fill source fleet --images 2 --platforms 1 --layers 2 --layer-bytes 150000 --shared 1
python3 "$tests/crash/every_call.py" "$work" "$SEALIFT" \
    "$(address_of source)" "$(address_of target)"
