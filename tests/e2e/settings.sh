#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# settings.sh - options by variables and files: a monthly import without options, which source
# prevails, and files that are refused.

# shellcheck disable=SC2154 # set below, or by what is sourced
if [ -z "${SEALIFT_APART:-}" ]; then
    SEALIFT_APART=1
    export SEALIFT_APART
    how=-m
    [ "$(id -u)" -eq 0 ] || how=-rm
    unshare "$how" true 2>/dev/null && exec unshare "$how" sh "$0" "$@"
    SEALIFT_APART=none
fi
# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

# An /etc of its own: a copy, to which settings of the machine can be added.
has_etc=false
if [ "$SEALIFT_APART" != none ] && mkdir "$work/etc"; then
    cp -a /etc/. "$work/etc" 2>/dev/null
    rm -rf "$work/etc/sealift"
    mkdir "$work/etc/sealift"
    mount --bind "$work/etc" /etc 2>/dev/null && has_etc=true
fi
$has_etc || [ ! -e /etc/sealift/sealift.conf ] || skip_all "this machine has settings"
system=/etc/sealift/sealift.conf
user=$HOME/.config/sealift/sealift.conf
mkdir -p "$HOME/.config/sealift"
chmod 755 "$HOME/.config/sealift"

must start_registry source
must fill source shapes --only index
must start_registry target
source=$(address_of source)
target=$(address_of target)
references source >"$work/list"
must make_key team
must make_key other
bundle=$work/b.tar

# --- the user's file ---------------------------------------------------------------------

cat >"$user" <<CONF
# what every export has in common
progress = none
[export]
key = $work/team.key
from = $work/list
[import]
target = $target/mirror
keep-going = yes
CONF
expect 0 "exports with a key and a list by settings" sealift export -o "$bundle"
check "the bundle is signed with that key" \
    sealift verify -q --key "$work/team.pub" "$bundle"
expect 0 "imports to a target by settings" sealift import --json --key "$work/team.pub" "$bundle"
check_equal "it is the target of the file" "$target/mirror" "$(field "$out" 'd["target"]')"
expect 0 "an operand prevails" sealift import --json --key "$work/team.pub" "$bundle" "$target/other"
check_equal "the target is the operand" "$target/other" "$(field "$out" 'd["target"]')"
expect 0 "a variable prevails" env "SEALIFT_TARGET=$target/third" "$SEALIFT" \
    import --json --key "$work/team.pub" "$bundle"
check_equal "the target is that of the variable" "$target/third" "$(field "$out" 'd["target"]')"
expect 0 "a variable prints JSON" env SEALIFT_JSON=1 "$SEALIFT" inspect "$bundle"
check "the result is JSON" python3 -m json.tool "$out"
expect 0 "the command line turns it off" \
    env SEALIFT_JSON=1 "$SEALIFT" inspect --json=no "$bundle"
check_not "the result is not JSON" python3 -m json.tool "$out"
expect 2 "errors are JSON, too" env SEALIFT_JSON=1 "$SEALIFT" inspect
check "the error is JSON" python3 -m json.tool "$out"
expect 0 "the interval of progress is still a variable" env SEALIFT_PROGRESS_INTERVAL=0 \
    "$SEALIFT" verify --progress plain --key "$work/team.pub" "$bundle"

echo 'strip-host = yes
[copy]
map = docker.io=hub' >"$user"
expect 0 "settings about registries do not matter to an archive" \
    sealift copy "$(head -n 1 "$work/list")" "oci:$work/layout"
echo 'index = rebuild' >"$user"
expect 0 "nor does one about platforms without any" \
    sealift export --unsigned -o "$work/all.tar" -f "$work/list"
expect 2 "on the command line such an option is an error" \
    sealift copy --strip-host "$(head -n 1 "$work/list")" "oci:$work/layout"
: >"$user"

echo "[copy]
target = $target/copied" >"$user"
expect 0 "copies a list to a target by settings" sealift copy --json -f "$work/list"
check "all of it is there" python3 -c 'import json, sys
images = json.load(open(sys.argv[1]))["images"]
assert images and all(i["target"].startswith(sys.argv[2]) for i in images), images' \
    "$out" "$target/copied/"
expect 0 "an exact name prevails" sealift copy --json \
    --as "$target/exact:1" "$(head -n 1 "$work/list")"
check_equal "the target is that name" "$target/exact:1" "$(field "$out" 'd["images"][0]["target"]')"
: >"$user"

# --- mistakes ----------------------------------------------------------------------------

# mistake NAME LINE MESSAGE [HINT]: the user's file with one line; the error is of line 1.
mistake() {
    echo "$2" >"$user"
    expect 2 "refuses $1" sealift inspect "$bundle"
    check "the message names the line: $1" grep -qF "$user:1: $3" "$err"
    [ -z "${4:-}" ] || check "a hint helps: $1" grep -qF "$4" "$err"
}
mistake "an unknown option" 'progres = none' "'progres' is not an option" "did you mean 'progress'?"
mistake "an unknown section" '[exprot]' "unknown command 'exprot'" "did you mean 'export'?"
mistake "an option that replaces files" 'force = yes' "'force' may only be given on the command line"
mistake "an option about trust" "trust = $work" "'trust' may only be given on the command line or in $system"
mistake "a secret" 'password = hush' "'password': settings must not contain secrets" "authfile"
expect 0 "help works in spite of that" sealift help import
expect 0 "so does the help of a command" sealift import --help
expect 0 "and the version" sealift --version
expect 2 "refuses a variable that lowers a check" \
    env SEALIFT_INSECURE_SKIP_VERIFY=1 "$SEALIFT" verify "$bundle"
: >"$user"

printf 'limit-rate = 1\n' >"$user"
expect 2 "reports a value that the command refuses" sealift list "$source"
check "a hint names its line" grep -qF "limit-rate is set by $user:1" "$err"

# --- files that others may change --------------------------------------------------------

echo 'progress = none' >"$user"
chmod 666 "$user"
expect 2 "refuses a file that another user may write" sealift inspect "$bundle"
check "the message names the file" grep -qF "'$user' is writable by other users" "$err"
chmod 644 "$user"
chmod 777 "$HOME/.config/sealift"
expect 2 "refuses a file in a folder that another user may write" sealift inspect "$bundle"
chmod 755 "$HOME/.config/sealift"
head -c 70000 /dev/zero | tr '\0' '#' >"$user"
expect 11 "refuses a file of more than 64 KiB" sealift inspect "$bundle"
: >"$user"
mkdir -p "$work/xdg/sealift"
echo 'jbs = 1' >"$work/xdg/sealift/sealift.conf"
expect 2 "reads the file below XDG_CONFIG_HOME" \
    env "XDG_CONFIG_HOME=$work/xdg" "$SEALIFT" inspect "$bundle"
check "the message names it" grep -qF "$work/xdg/sealift/sealift.conf:1" "$err"
if chown 65534 "$work/xdg/sealift/sealift.conf" 2>/dev/null; then
    expect 0 "root does not use a file of another user" \
        env "XDG_CONFIG_HOME=$work/xdg" "$SEALIFT" inspect "$bundle"
else
    skip "root does not use a file of another user" "not root"
fi

# --- the machine's file ------------------------------------------------------------------

if ! $has_etc; then
    skip "the machine's file" "mount namespaces are not available"
    done_testing
fi
cat >"$system" <<CONF
[verify]
key = $work/team.pub
[import]
key = $work/team.pub
target = $target/mirror
on-existing = skip
receipt = $work/other.key
CONF
expect 0 "the machine's file has the key to verify with" sealift verify "$bundle"
expect 0 "an import needs no options" sealift import --json "$bundle"
check_equal "its target is that of the file" "$target/mirror" "$(field "$out" 'd["target"]')"
expect 0 "a dry run makes no receipt" sealift import --dry-run "$bundle"
echo "[import]
target = $target/mine" >"$user"
expect 0 "the user's file prevails" sealift import --json "$bundle"
check_equal "the target is the user's" "$target/mine" "$(field "$out" 'd["target"]')"
expect 7 "the command line can name another key" sealift verify --key "$work/other.pub" "$bundle"
mkdir -m 755 "$work/store"
expect 7 "or another store" sealift verify --trust "$work/store" "$bundle"
expect 0 "or no check" sealift verify --insecure-skip-verify "$bundle"
check "which the result says" grep -q UNVERIFIED "$out"
chmod 666 "$system"
expect 2 "refuses it if others may write it" sealift verify "$bundle"

done_testing
