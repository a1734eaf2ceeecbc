#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# soak.sh [SEED] - a bad line and power cuts, until two hundred images are where they belong.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source fleet --images "${SOAK_IMAGES:-200}" --platforms 2 --layers 3 \
    --layer-bytes 65536 --shared 1
python3 "$tests/crash/endurance.py" "$work" "$SEALIFT" "$(address_of source)" \
    "$(address_of target)" "$@" >"$work/results"
grep -v '^1\.\.' "$work/results"
tap_count=$(grep -cE '^(not )?ok ' "$work/results")
check "every image is at the target, byte for byte" same_images source target
done_testing
