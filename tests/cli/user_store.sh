#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# user_store.sh - who is not root has a trust store of their own, unless the system has one.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
[ ! -e /etc/sealift/trust ] || skip_all "this machine has a trust store"
need python3
cp "$SEALIFT" "$work/sealift" # the build folder may be root's
mkdir "$work/home" && cd "$work/home" || exit 99
[ "$(id -u)" -ne 0 ] || { chmod 755 "$work" && chown 65534:65534 "$work/home"; }

# as_user ARGUMENTS...: sealift as one who is not root, with a home in $work/home.
as_user() {
    env -u XDG_CONFIG_HOME -u XDG_STATE_HOME HOME="$work/home" python3 -c '
import os, sys
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
os.execv(sys.argv[1], sys.argv[1:])' "$work/sealift" "$@" </dev/null
}

expect 0 "makes a key pair" as_user keygen -q --no-passphrase team
expect 7 "without a store nothing is trusted" as_user status
check "the message names the folder" grep -qF "$work/home/.config/sealift/trust" "$err"
expect 0 "trust add creates a store" as_user trust add team.pub
check "the store is in the home of the user" test -f .config/sealift/trust/keys/team.pub
expect 0 "status succeeds" as_user status
check "status prints the store" grep -qxF "store     $work/home/.config/sealift/trust" "$out"
check "status prints the state folder" \
    grep -qxF "state     $work/home/.local/state/sealift/state" "$out"
expect 0 "status --json succeeds" as_user status --json
check "the result has both folders" python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
assert r["store"] == sys.argv[2] + "/.config/sealift/trust", r
assert r["state"] == sys.argv[2] + "/.local/state/sealift/state", r' "$out" "$work/home"
expect 0 "accepts a store by --trust" as_user trust add --trust other team.pub
expect 0 "its state is inside" as_user status --trust other
check "nothing else is written" grep -qxF "state     other/state" "$out"

done_testing
