#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doctor.sh - a look at this machine, its settings, and real registries, which leaves nothing.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
[ ! -e /etc/sealift/sealift.conf ] || skip_all "this machine has settings"

# says STATE SUBJECT TEXT: the last result has such a line.
says() {
    grep -E "^$1 +$2 " "$out" | grep -qF -- "$3"
}

# --- the machine -------------------------------------------------------------------------

must mkdir "$work/store"
must make_key team
must sealift trust add -q --trust "$work/store" "$work/team.pub"
expect 0 "checks a machine" sealift doctor --trust "$work/store"
check "the trust store is fine" says ok trust "1 key in '$work/store'"
check "the state of imports is fine" says ok state "the last import of 0 streams"
check "the clock is fine" says ok clock "$(date -u +%Y)-"
check "there are no credentials" says note credentials "none"
check "there is space" grep -qE '^(ok|warning) +space .* for bundles in this folder' "$out"
chmod 777 "$work/store/keys"
expect 2 "an unsafe store is an error" sealift doctor --trust "$work/store"
check "its line says which folder" says error trust "'$work/store/keys' is writable by other users"
chmod 755 "$work/store/keys"
expect 8 "a CA file that is missing is an error" \
    sealift doctor --trust "$work/store" --ca-file "$work/none.pem"
check "its line names the file" says error ca "cannot use the CA file '$work/none.pem'"
echo '{"auths": {"registry.corp": {"auth": "!"}}}' >"$work/auth.json"
expect 2 "malformed credentials are an error" \
    sealift doctor --trust "$work/store" --authfile "$work/auth.json"
check "their line names the file" says error credentials "'$work/auth.json'"
echo '{"auths": {"registry.corp": {"auth": "YWxpY2U6aHVzaA=="}}}' >"$work/auth.json"
chmod 644 "$work/auth.json"
expect 0 "credentials that others can read are a warning" \
    sealift doctor --trust "$work/store" --authfile "$work/auth.json"
check "their line says what to do" says warning credentials "chmod 600 '$work/auth.json'"
check_not "no secret is shown" grep -q hush "$out"

expect 2 "a malformed proxy is an error" env "https_proxy=http://a:hu#sh@proxy" \
    "$SEALIFT" doctor --trust "$work/store"
check "its line names the variable" says error proxy "https_proxy"
check_not "the password is not shown" grep -q 'hu#sh' "$out"
echo '[[registry' >"$HOME/.config/containers/registries.conf"
expect 2 "malformed mirrors are an error" sealift doctor --trust "$work/store"
check "their line names the file" says error mirrors "registries.conf"
: >"$HOME/.config/containers/registries.conf"

# --- settings ----------------------------------------------------------------------------

conf=$HOME/.config/sealift/sealift.conf
mkdir -p "$HOME/.config/sealift"
cat >"$conf" <<CONF
jobs = 8
[export]
key = $work/team.key
jobs = 4
[import]
target = registry.corp/mirror
CONF
chmod 600 "$work/team.key"
expect 0 "reports settings" env SEALIFT_JOBS=2 "$SEALIFT" doctor
check "a value of a file" says ok settings "export.key = $work/team.key, from $conf:3"
check "the target of imports" says ok settings "import.target = registry.corp/mirror, from $conf:6"
check "a value of a variable" says ok settings "jobs = 2, from SEALIFT_JOBS"
check "a value that another one replaces" \
    says note settings "jobs = 8, from $conf:1; another value prevails"
expect 0 "reports them as JSON" env SEALIFT_JOBS=2 "$SEALIFT" doctor --json
check_equal "each has its place" "$conf:3 True" \
    "$(field "$out" '[s["place"] + " " + str(s["used"]) for s in d["settings"] if s["option"] == "key"][0]')"
check_equal "a command is named for its own" "None import" \
    "$(field "$out" 'd["settings"][0]["command"]') $(field "$out" 'd["settings"][3]["command"]')"
chmod 644 "$work/team.key"
expect 0 "a private key that others can read is a warning" sealift doctor
check "its line says what to do" says warning keys "chmod 600 '$work/team.key'"
expect 0 "a mistyped variable is a warning" \
    env SEALIFT_PROGRES=none "$SEALIFT" doctor
check "its line names the right one" says warning settings "did you mean 'SEALIFT_PROGRESS'?"
expect 2 "a variable that lowers a check is an error" \
    env SEALIFT_FORCE=1 "$SEALIFT" doctor
check "its line names the variable" says error settings "SEALIFT_FORCE: 'force' may only be given"
expect 0 "a variable that only some commands accept is a warning" \
    env "SEALIFT_KEY=$work/team.key" "$SEALIFT" doctor
check "its line names a command that does not" says warning settings "SEALIFT_KEY: 'key' of verify"
expect 0 "a passphrase is not shown" env SEALIFT_PASSPHRASE=hush "$SEALIFT" doctor
check "its variable is" says ok settings "SEALIFT_PASSPHRASE is set"
check_not "its value is not" grep -q hush "$out"
echo 'ca-file = /none.pem' >"$conf"
expect 8 "a missing file is an error" sealift doctor
check "its line names the setting" says error settings "$conf:1: cannot read '/none.pem'"
echo 'jbs = 8' >"$conf"
expect 2 "a mistake is an error" sealift doctor
check "its line names file and line" says error settings "$conf:1: 'jbs' is not an option"
rm "$conf"

# --- registries --------------------------------------------------------------------------

# listing NAME: all files that the registry has, and its repositories.  After an upload was
# cancelled, docker-registry writes the state of its hash once more, an empty upload's.
listing() {
    find "$work/registry/$1/store/" -type f 2>/dev/null | grep -v '/_uploads/.*/hashstates/sha256/0$' | sort
    sealift list "$(address_of "$1")"
}

must start_registry full
must fill full shapes --only index
full=$(address_of full)
listing full >"$work/before"
expect 0 "checks a registry" sealift doctor --trust "$work/store" "$full"
check "it answers" says ok registry "$full answers, API version registry/2.0"
check "it asks for no login" says note login "does not ask for a login"
check "it has no API for referrers" says note referrers "no API"
check "it mounts blobs" says ok mounts "blobs are mounted"
check "it takes pieces" says ok uploads "in pieces, and resumable"
check_equal "nothing is left there" "" "$(listing full | diff "$work/before" -)"
expect 0 "checks below a path" sealift doctor --trust "$work/store" "$full/none"
check "there is no image" says note mounts "not checked"
check "uploads are checked there" says ok uploads "in pieces"
check_equal "nothing is left there either" "" "$(listing full | diff "$work/before" -)"

must start_registry locked locked
locked=$(address_of locked)
expect 3 "a registry that requires a login is an error" \
    sealift doctor --trust "$work/store" "$locked"
check "the line says how to log in" says error registry "sealift login $locked"
printf '%s' "$registry_user:over the: gap" >"$work/pair"
"$SEALIFT" doctor --trust "$work/store" --creds-stdin "$locked" "$locked" \
    <"$work/pair" >"$out" 2>"$err"
check_equal "with a login it is fine" 0 $?
check "the line names user and source" says ok login "accepted: '$registry_user', from standard input"
check_not "the password is not shown" grep -q "the: gap" "$out"
expect 4 "a registry that does not answer is an error" \
    sealift doctor --retries 0 --trust "$work/store" 127.0.0.1:1
check "its line names it" says error registry "127.0.0.1:1"
expect 2 "refuses what is not a registry" sealift doctor "$full/a:1"

done_testing
