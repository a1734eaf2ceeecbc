#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# program.sh - the fault registry as a program, for tests that are shell scripts.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

cat >"$work/script.py" <<'SCRIPT'
from images import OCI_CONFIG, Blob, Document
config = Blob([b"{\"n\": 1}"], OCI_CONFIG)
app = Document({"config": config.descriptor(), "layers": []},
               "application/vnd.oci.image.manifest.v1+json")
lab.registry.store.put_blob("app", config)
lab.registry.store.put_manifest("app", app, "1")
lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
lab.storage.on("GET", "", flip(0), times=1)
SCRIPT
mkfifo "$work/commands"
PYTHONPATH=$tests/registry $registry_guard python3 -B -m fault "$work/script.py" \
    <"$work/commands" >"$work/said" &
registry_pids="$registry_pids $!"
exec 3>"$work/commands"
must wait_for_line "$work/said"

# of NAME: what the program said of it.
of() {
    sed -n "s/^$1 //p" "$work/said"
}
expect 0 "an export from it, with one wrong byte on the way" sealift export --unsigned \
    --ca-file "$(of ca)" -o "$work/b.tar" "$(of registry)/app:1"
echo log >&3
until grep -q '^\.$' "$work/said"; do
    sleep 0.05
done
check_equal "the storage server was asked twice" 2 "$(grep -c '^storage: GET' "$work/said")"
exec 3>&-

done_testing
