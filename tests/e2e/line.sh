#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# line.sh - registries that are 20 ms away, over a line that loses connections.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source fleet --images 12 --platforms 2 --layers 3 --layer-bytes 300000 --shared 1

# start_line NAME: a line to that registry, $(line_to NAME) is where it begins.
start_line() {
    line_port=$(address_of "$1")
    $registry_guard python3 "$tests/registry/line.py" "${line_port##*:}" 0.02 1 "$1" \
        >"$work/line.$1" </dev/null 2>&1 &
    registry_pids="$registry_pids $!"
    wait_for_line "$work/line.$1"
}
line_to() {
    echo "127.0.0.1:$(sed -n 1p "$work/line.$1")"
}
was_cut() {
    grep -q '^reset$' "$work/line.$1"
}
must start_line source
must start_line target

references source | sed "s|^[^/]*|$(line_to source)|" >"$work/list"
required 0 "export succeeds over the line" \
    sealift export -q --unsigned -o "$work/b.tar" -f "$work/list"
check "connections were lost" was_cut source
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$work/b.tar"
expect 0 "import succeeds over the line" sealift import -q --insecure-skip-verify --strip-host \
    "$work/b.tar" "$(line_to target)"
check "connections were lost during the import" was_cut target
check "every digest is right" same_images source target

done_testing
