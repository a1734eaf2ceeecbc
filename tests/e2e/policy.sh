#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# policy.sh - policies without JSON: written by one command, explained by another.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart
name=$(references source)
cd "$work" || exit 99
umask 022
PATH=$abs_top_builddir:$PATH

policy_text() {
    python3 -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1])), sort_keys=True))' "$1"
}

# --- two signers, from scratch -------------------------------------------------------------

cat >two-people <<COMMANDS
sealift keygen -q --type ed25519 --no-passphrase alice
sealift keygen -q --type ed25519 --no-passphrase bob
sealift export -q --stream prod -o b.tar --key alice.key $name
sealift sign -q --key bob.key b.tar
sealift trust policy -q --trust store --stream prod --signers alice.pub,bob.pub --threshold 2
sealift import -q --trust store b.tar $(address_of target)/mirror
COMMANDS
expect 0 "two people sign and one imports" sh -eu two-people
check_equal "six commands are needed" 6 "$(wc -l <two-people)"
check "the image is at the target" same_images source target "mirror/$(address_of source | tr : _)"
check_equal "the policy has the documented form" \
    '{"root": {"signers": ["alice", "bob"], "threshold": 2}, "signers": {"alice": {"keys": ["alice.pub"]}, "bob": {"keys": ["bob.pub"]}}, "streams": {"prod": {"signers": ["alice", "bob"], "threshold": 2}}, "version": 1}' \
    "$(policy_text store/policy.json)"
check_equal "no other user may write it" 644 "$(stat -c %a store/policy.json)"
for key in alice bob; do
    must sealift export -q --stream prod --serial 99999999999 -o $key.tar --key $key.key "$name"
    expect 7 "the signature of $key alone is not sufficient" \
        sealift verify -q --trust store $key.tar
    check "the threshold is the reason" grep -q 'signed by 1 of the 2' "$err"
done
must sealift export -q --stream other -o other.tar --key alice.key "$name"
must sealift sign -q --key bob.key other.tar
expect 7 "another stream is not accepted" sealift verify -q --trust store other.tar

# --- a policy in force -----------------------------------------------------------------------

# unchanged NAME STATUS COMMAND...: fails, and the store is as before.
state_of_store() {
    find store -type f ! -path '*/state/*' -exec sha256sum {} + | sort
}
unchanged() {
    what=$1
    shift
    before=$(state_of_store)
    expect "$1" "$what" sealift trust policy --trust store --stream prod "$2" "$3" "$4" "$5"
    check_equal "nothing was written" "$before" "$(state_of_store)"
}
must sealift keygen -q --type ed25519 --no-passphrase carol
unchanged "the same rule again succeeds" 0 --signers alice,bob --threshold 2
check "it says that nothing changed" grep -q '^unchanged version 1' "$out"
unchanged "another rule is refused" 12 --signers alice,bob --threshold 1
check "the message has the version in force" grep -q 'version 1 of store/policy.json is in force' "$err"
check "a hint has the option" grep -q '^hint: --update ' "$err"
unchanged "a new key does not get in either" 12 --signers carol.pub --threshold 1
unchanged "a threshold above the number of signers is refused" 2 --signers alice,bob --threshold 3
unchanged "no threshold for two signers is refused" 2 --signers alice,bob --max-age-days 3
unchanged "an unknown signer is refused" 9 --signers alice,dave --threshold 1
check "a hint says how to add one" grep -q 'dave.pub, instead' "$err"
unchanged "a signer named twice is refused" 2 --signers alice,alice.pub --threshold 1
unchanged "an empty name is refused" 2 --signers alice, --threshold 1
unchanged "a private key is refused" 2 --signers ./carol.key --threshold 1
mkdir other
cp carol.pub other/bob.pub
unchanged "another key under a name in the store is refused" 12 \
    --signers alice,other/bob.pub --threshold 2
expect 2 "an invalid stream is refused" sealift trust policy --trust store --update \
    --stream 'a b' --signers alice
expect 2 "policy requires a stream" sealift trust policy --trust store --signers alice
expect 2 "only policy has these options" sealift trust list --trust store --stream prod
expect 2 "only sign has a key" sealift trust list --trust store --key alice.key
expect 0 "a key that is set for sign does not disturb" \
    env SEALIFT_KEY=alice.key "$SEALIFT" trust list --trust store

python3 - store/policy.json <<'PYTHON'
import json
import sys

p = json.load(open(sys.argv[1]))
p["streams"]["prod"]["targets"] = ["registry.corp/*"]
p["overrides"] = ["expired"]
json.dump(p, open(sys.argv[1], "w"))
PYTHON
expect 0 "--update adds a stream and a signer" sealift trust policy --trust store --json \
    --stream 'dev-*' --signers alice --signers carol.pub --threshold 1 --max-age-days 90 --update
cp "$out" result
expect 0 "the result says what happened" python3 - result <<'PYTHON'
import json
import sys

r = json.load(open(sys.argv[1]))
assert r["before"] == 1 and r["version"] == 2 and r["written"], r
assert [k["key"] for k in r["keys"]] == ["carol.pub"], r
texts = [m["text"] for m in r["meaning"] if m["subject"] == "stream"]
assert any("dev-" in t and "any one of alice and carol" in t and "90 days" in t for t in texts), texts
PYTHON
check_equal "all else in the policy stays" \
    '{"overrides": ["expired"], "root": {"signers": ["alice", "bob"], "threshold": 2}, "signers": {"alice": {"keys": ["alice.pub"]}, "bob": {"keys": ["bob.pub"]}, "carol": {"keys": ["carol.pub"]}}, "streams": {"dev-*": {"max_age_days": 90, "signers": ["alice", "carol"], "threshold": 1}, "prod": {"signers": ["alice", "bob"], "targets": ["registry.corp/*"], "threshold": 2}}, "version": 2}' \
    "$(policy_text store/policy.json)"
expect 0 "a rule keeps its other conditions" sealift trust policy -q --trust store \
    --stream prod --signers alice,bob,carol --threshold 2 --update
check "such as targets" grep -q 'registry.corp/' store/policy.json
check "a later version follows" grep -q '"version": 3' store/policy.json
expect 0 "the store opens" sealift trust list --trust store

# --- a fault at any write --------------------------------------------------------------------

# The first policy is there before the first key; a later one is the old or the new one; and
# the same command completes what was begun.
write_policy() { # STORE [WRAPPER...]: the policy of two signers, or that of three after it
    to=$1
    shift
    signers=alice.pub,bob.pub
    [ "$to" = first ] || signers=alice,bob,carol.pub
    "$@" "$SEALIFT" trust policy -q --trust "$to" --update --stream prod --signers $signers \
        --threshold 2
}
is_sound() { # STORE: what a run that ended early may leave
    if [ "$1" = first ]; then
        [ ! -e first/keys/alice.pub ] || grep -q '"version": 1' first/policy.json
    else
        sealift trust list --trust later >/dev/null &&
            { cmp -s later/policy.json old.json || cmp -s later/policy.json new.json; }
    fi
}
prepare() {
    rm -rf first later
    write_policy first && mv first later && rm -rf first
}
if can_trace; then
    prepare && cp later/policy.json old.json && write_policy later && cp later/policy.json new.json
    wrong='' faults=0
    for store in first later; do
        for call in pwrite64 fsync renameat2; do
            nth=1
            while [ $nth -lt 60 ]; do
                prepare
                write_policy $store strace -f -o trace -e "inject=$call:error=EIO:when=$nth" \
                    >/dev/null 2>&1
                grep -q INJECTED trace || break
                faults=$((faults + 1))
                is_sound $store || wrong="$wrong $store:$call:$nth"
                write_policy $store >/dev/null 2>&1 && sealift trust list --trust $store >/dev/null ||
                    wrong="$wrong $store:$call:$nth:again"
                nth=$((nth + 1))
            done
        done
    done
    check_equal "a fault leaves the old or the new policy" "" "$wrong"
    check "there were faults: $faults" test "$faults" -gt 15
else
    skip "a fault leaves the old or the new policy" "strace may not trace here"
fi

# --- check -----------------------------------------------------------------------------------

expect 0 "check succeeds with warnings" sealift trust check --trust store
check "it has the rule in words" grep -q \
    '^stream  *prod: .* when any 2 of alice, bob and carol have signed it' "$out"
check "it has what is dangerous" grep -q '^warning  stream  *dev-\*: any one of 2 signers' "$out"
must sealift trust export -q --trust store -o update.json
must sealift trust revoke -q --trust store bob.pub
must sealift trust revoke -q --trust store carol.pub
expect 7 "check fails when a threshold cannot be reached" sealift trust check --trust store
expect 7 "doctor fails then, too" sealift doctor --trust store
check "it names the stream" grep -q '^error    trust  *stream: prod: requires 2 of 3 signers' "$out"
check "it names the signer" grep -q "^warning  trust  *signer: bob: key 'bob.pub' is revoked" "$out"
check "how much a policy risks is no matter for it" sh -c '! grep -q "dev-" "$1"' - "$out"
expect 7 "check fails again" sealift trust check --trust store
check "it names the stream" grep -q '^error    stream  *prod: requires 2 of 3 signers, and 1 ' "$out"
check "it names the key" grep -q "^warning  signer  *bob: key 'bob.pub' is revoked" "$out"
expect 0 "an update can be checked without a store" sealift trust check --trust none update.json
check "it has the rule" grep -q '^stream  *prod: ' "$out"
expect 7 "with the store, its revocations count" sealift trust check --trust store update.json
expect 9 "a policy without its keys is wrong" sealift trust check --trust none store/policy.json
check "it names signer and file" grep -q "^error    store  *signer 'alice': 'keys/alice.pub'" "$out"
check "its meaning is shown nevertheless" grep -q '^stream  *prod: ' "$out"
sed 's/"threshold": 2/"threshold": 4/' store/policy.json >bad.json
expect 2 "a threshold above the number of signers is wrong" sealift trust check --trust store bad.json
check "the message has the stream" grep -q "^error .*bad.json: stream 'prod': .*threshold" "$out"
sed '0,/"bob"/s//"dave"/' store/policy.json >bad.json
expect 2 "an unknown signer is wrong" sealift trust check --trust store bad.json
expect 9 "a file that does not exist is an error" sealift trust check --trust store absent.json
expect 9 "a store that does not exist is an error" sealift trust check --trust none
check "a hint has the command" grep -q "^hint: .*sealift trust add --trust none" "$err"
chmod g+w store/policy.json
expect 2 "a policy that others may write is wrong" sealift trust check --trust store
chmod g-w store/policy.json
openssl req -x509 -key carol.key -subj /CN=corp -days 9 -out corp.pem 2>/dev/null
mkdir -p certified/keys certified/ca
cp corp.pem certified/ca
cat >certified/policy.json <<'JSON'
{"version":1,"signers":{"corp":{"x509":{"ca":["corp.pem"],"subject":"CN=a","crl":"require"}}},
 "streams":{"prod":{"signers":["corp"]}}}
JSON
expect 7 "a required revocation list that is missing is wrong" sealift trust check --trust certified
check "a CA that ends soon is a warning" \
    grep -q "^warning  signer  *corp: the CA 'CN=corp' ends at " "$out"
rm certified/policy.json
cp alice.pub certified/keys
expect 0 "a store without a policy can be checked" sealift trust check --trust certified
check "it says what that means" grep -q '^warning  policy  *there is no policy' "$out"

done_testing
