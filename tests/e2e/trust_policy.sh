#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trust_policy.sh - who may sign what, what may not come back, and what time it is.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart
name=$(references source)
cd "$work" || exit 99
umask 022
for key in alice alice2 bob dev host; do
    must make_key $key
done
must make_key stranger ecdsa
chmod 600 ./*.key
target=$(address_of target)/mirror
mkdir store
for key in alice alice2 bob dev; do
    must sealift trust add -q --trust store $key.pub </dev/null
done

# policy MEMBERS: policy.json with these people and whatever else.
policy() {
    cat >store/policy.json <<JSON
{"version": 1,
 "signers": {"alice": {"keys": ["alice.pub", "alice2.pub"]}, "bob": {"keys": ["bob.pub"]},
             "dev": {"keys": ["dev.pub"]}},
 "streams": {"prod": {"signers": ["alice", "bob"], "threshold": 2, "max_age_days": 3650,
                      "targets": ["$target/*"]},
             "dev-*": {"signers": ["dev"]}}$1}
JSON
}

# bundle FILE STREAM SERIAL KEY [KEY2]: signed by one or two.
bundle() {
    sealift export -q --force -o "$1" --stream "$2" --serial "$3" --key "$4.key" "$name" || return
    [ $# -lt 5 ] || sealift sign -q --key "$5.key" "$1"
}

import() {
    sealift import -q --trust store --report report "$@" "$target"
}

# outcome CODE REASON NAME COMMAND...; REASON "-" where none is expected.
outcome() {
    want="$1 $2" name_of_test=$3
    shift 3
    rm -f report
    "$@" >"$out" 2>"$err" </dev/null
    got="$? $(sed -n 's/.*"error":{"kind":"[a-z-]*","reason":"\([a-z-]*\)".*/\1/p' report)"
    case $got in
    *' ') got=$got- ;;
    esac
    if [ "$got" = "$want" ]; then
        pass "$name_of_test"
        return
    fi
    fail "$name_of_test" "$got, not $want"
    tap_show
}

# --- so many different people ------------------------------------------------------------

policy ''
must bundle one.tar prod 10 alice
must bundle keys.tar prod 10 alice alice2
must bundle two.tar prod 10 alice bob
must bundle dev.tar prod 10 dev
must bundle unlisted.tar test 10 alice bob
must forget_requests target
outcome 7 threshold "threshold-counts-persons: one of two" import one.tar
check "names who signed, who has not, and what they type" \
    sh -c 'grep -q "signed by 1 of the 2 .*alice" "$1" &&
    grep -q "^hint: .*1 more of bob (bob.pub) must sign; a signer runs .sealift sign --key" "$1"' - "$err"
outcome 7 threshold "threshold-counts-persons: two keys of one person" import keys.tar
outcome 7 stream "stream-not-authorised: a developer's key on the stream prod" import dev.tar
outcome 7 stream "stream-not-authorised: a stream that the policy does not know" import unlisted.tar
cp stranger.pub store/keys
must bundle stranger.tar prod 10 stranger
outcome 7 unknown-signer "a key that the policy does not name does not count" import stranger.tar
check_equal "none of these asked the registry anything" 0 "$(requests target)"
rm store/keys/stranger.pub
must sealift sign -q --key bob.key --sig-out bob.sig one.tar
outcome 0 - "signature-inside-and-beside: one signature inside, one beside" \
    sealift verify -q --trust store --signature bob.sig --report report one.tar
outcome 0 - "two people" import two.tar
check_equal "are in the result" "['alice', 'bob'] 2" \
    "$(field report 'str(sorted(d["signers"])) + " " + str(d["threshold"])')"

# Two files of one key, one of them with r and s side by side, which some tools take as well.
must make_key signer ecdsa
must sealift export -q --force -o ec.tar --stream prod --serial 10 --key signer.key "$name"
mkdir forged
must python3 "$tests/e2e/forge.py" ec.tar ec.tar "$work" forged >forged/cases
sed 's/"bob.pub"/"signer.pub"/' store/policy.json >policy.new
mkdir ec
cp -r store/keys ec
cp signer.pub ec/keys
cp policy.new ec/policy.json
outcome 7 threshold "threshold-counts-persons: two files of one key" \
    sealift verify -q --trust ec --report report forged/twice.tar
must sealift sign -q --key signer.key --sig-out again.sig ec.tar
outcome 7 threshold "threshold-counts-persons: two files of one key, one of them beside" \
    sealift verify -q --trust ec --report report --signature again.sig forged/twice.tar
outcome 7 threshold "threshold-counts-persons: one signature in two encodings" \
    sealift verify -q --trust ec --report report forged/reencoded.tar

# --- what may not come back --------------------------------------------------------------

outcome 0 - "rollback-and-equivocation: the same bundle again" import two.tar
must bundle older.tar prod 9 alice bob
outcome 7 rollback "rollback-and-equivocation: a lower serial" import older.tar
cp one.tar other.tar
must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$abs_top_builddir/sealift" export -q --force \
    -o other.tar --stream prod --serial 10 --key alice.key "$name"
must sealift sign -q --key bob.key other.tar
outcome 7 equivocation "rollback-and-equivocation: the same serial, another bundle" import other.tar
must env SOURCE_DATE_EPOCH=1700000000 "$abs_top_builddir/sealift" export -q --force \
    -o past.tar --stream prod --serial 11 --key alice.key "$name"
must sealift sign -q --key bob.key past.tar
outcome 7 rollback "creation-time-implausible: made before the last one" import past.tar
check "says when the two were made" grep -q '2023-11-14T22:13:20Z' "$err"
outcome 7 override-denied "--allow-rollback, which the policy does not list" \
    import --allow-rollback older.tar
outcome 0 - "--allow-rollback, without a store" \
    sealift verify -q --key alice.pub --allow-rollback --report report older.tar
outcome 7 override-denied "--allow-expired, without a store" \
    sealift verify -q --key alice.pub --allow-expired why --report report older.tar
policy ', "overrides": ["rollback"]'
outcome 0 - "--allow-rollback, which it lists" import --allow-rollback older.tar
check_equal "is recorded" "[{'name': 'rollback'}]" "$(field report 'd["overrides"]')"
check_equal "what is remembered stays at the higher one" 10 "$(field store/state/prod.json 'd["serial"]')"
outcome 7 equivocation "--allow-rollback does not help against two with one number" \
    import --allow-rollback other.tar
expect 0 "status" sealift status --trust store
check "shows the stream" grep -q '^prod  *10  .* 0 minutes ago$' "$out"

mkdir -p plain/keys # a store without a policy
cp alice.pub plain/keys
must bundle first.tar default 30 alice
must bundle second.tar default 20 alice
must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$abs_top_builddir/sealift" export -q \
    -o third.tar --serial 30 --key alice.key "$name"
plain() {
    sealift import -q --trust plain --report report "$@" "$target/plain"
}
outcome 0 - "without a policy: the first bundle of two series in one stream" plain first.tar
outcome 7 rollback "the other one, with a lower serial" plain second.tar
check "the hint is a stream of its own" grep -q "^hint: .*'sealift export --stream NAME'" "$err"
outcome 7 equivocation "another one with the same serial" plain third.tar
check "the hint is that, too" grep -q "^hint: .*'sealift export --stream NAME'" "$err"
outcome 7 equivocation "which --allow-rollback does not take" plain --allow-rollback third.tar
outcome 0 - "the older one, with --allow-rollback" plain --allow-rollback second.tar
check_equal "is recorded without a policy, too" "[{'name': 'rollback'}]" \
    "$(field report 'd["overrides"]')"
check_equal "the higher serial stays" 30 "$(field plain/state/default.json 'd["serial"]')"

outcome 0 - "--key neither asks nor changes what is remembered" \
    sealift import -q --key alice.pub --report report older.tar "$target"
check_equal "so it stands where it was" 10 "$(field store/state/prod.json 'd["serial"]')"

held() {
    flock store/state/prod.lock "$abs_top_builddir/sealift" import -q --trust store --report report \
        two.tar "$target"
}
if command -v flock >/dev/null; then
    outcome 12 - "one import of a stream at a time" held
else
    skip "one import of a stream at a time" "flock is not installed"
fi

sed 's/"threshold": 2,/"threshold": 2, "epoch": 1,/' store/policy.json >policy.new
mv policy.new store/policy.json
outcome 0 - "a higher epoch forgets" import older.tar
check_equal "and begins again" 9 "$(field store/state/prod.json 'd["serial"]')"
policy ''

# A stream may be called almost anything.
policy ', "default": "accept"'
for stream in .hidden ..; do
    must bundle dots.tar "$stream" 10 alice
    outcome 0 - "stream $stream" import dots.tar
    must bundle dots.tar "$stream" 9 alice
    outcome 7 rollback "rollback-and-equivocation: a lower serial of stream $stream" import dots.tar
    must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$abs_top_builddir/sealift" export -q \
        --force -o dots.tar --stream "$stream" --serial 10 --key alice.key "$name"
    outcome 7 equivocation "rollback-and-equivocation: the same serial of stream $stream" import dots.tar
done
expect 0 "status" sealift status --trust store
check_equal "shows them" ".. .hidden " \
    "$(sed -n 's/^\(\.[a-z.]*\)  *10 .*/\1/p' "$out" | tr '\n' ' ')"
policy ''

# --- a memory that was lost --------------------------------------------------------------

rm -r store/state
must bundle forty-three.tar prod 43 alice bob
must bundle forty-two.tar prod 42 alice bob
outcome 0 - "an import with a receipt" import --receipt host.key forty-three.tar
check "the receipt lies beside the report" test -s report.receipt.json
expect 0 "it can be checked" sealift verify-receipt --key host.pub report.receipt.json
check "and says what was imported" grep -q '^stream  *prod, serial 43$' "$out"
openssl_receipt() {
    sed -n 's/.*"signature":"\([^"]*\)".*/\1/p' report.receipt.json.sigstore.json |
        openssl base64 -d -A >raw &&
        openssl pkeyutl -verify -pubin -inkey host.pub -rawin -in report.receipt.json -sigfile raw
}
check "openssl agrees" openssl_receipt
check_equal "it names image, digest and signers" \
    "['alice', 'bob'] $name sha256:" \
    "$(field report.receipt.json 'str(sorted(d["signers"])) + " " + d["images"][0]["name"] + " " + d["images"][0]["digest"][:7]')"
cp report.receipt.json changed.json
cp report.receipt.json.sigstore.json changed.json.sigstore.json
sed -i 's/"serial":"43"/"serial":"44"/' changed.json
expect 7 "a changed receipt" sealift verify-receipt --key host.pub changed.json
expect 7 "somebody else's receipt" sealift verify-receipt --key alice.pub report.receipt.json
rm -r store/state
must forget_requests target
outcome 7 rollback "state-lost: state lost, the receipt at the target says 43" import forty-two.tar
check_equal "state-lost: nothing was written" 0 "$(writes target)"
outcome 0 - "state-lost: and 43 itself" import forty-three.tar
rm -r store/state
mkdir store/state
printf '{"stream":' >store/state/prod.json
must forget_requests target
outcome 7 state "state-damaged: half a state file ends an import" import forty-three.tar
check "state-damaged: and says which file to move" grep -q "'store/state/prod.json' is damaged" "$err"
check "state-damaged: and what is asked then" grep -q '^hint: .*move the file away.*receipt' "$err"
check_equal "state-damaged: nothing was asked" 0 "$(requests target)"
outcome 7 state "state-damaged: it ends a verify, too" \
    sealift verify -q --trust store --report report forty-three.tar
expect 0 "state-damaged: status goes on" sealift status --trust store --report report
check "state-damaged: and lists it" grep -q "^damaged: .*store/state/prod.json" "$out"
check_equal "state-damaged: in the result, too" "store/state/prod.json" \
    "$(field report 'd["damaged"][0]["file"]')"
mv store/state/prod.json store/state/other.json
outcome 7 rollback "state-damaged: with it out of the way the receipt counts" import forty-two.tar
outcome 0 - "state-damaged: other streams' files are not read" import forty-three.tar
expect 0 "status" sealift status --trust store
check "state-damaged: shows what is whole beside what is not" \
    sh -c 'grep -q "^prod  *43 " "$1" && grep -q "^damaged: .*other.json" "$1"' - "$out"
rm -r store/state
sed 's/"alice", "bob"\], "threshold": 2/"dev"]/' store/policy.json >policy.new
mv policy.new store/policy.json
must bundle dev42.tar prod 42 dev
outcome 0 - "a receipt whose signers no longer count does not" import dev42.tar
check "and a warning says so" grep -q 'warning: no import of stream' "$err"
rm -r store/state

# --- revoked -----------------------------------------------------------------------------

policy ''
digest=$(sealift digest --json two.tar 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["index"])')
must sealift trust revoke -q --trust store "$digest"
outcome 7 revoked "revoked: a revoked bundle" import two.tar
policy ', "allow_insecure": true'
outcome 7 revoked "revoked: not even without its signature" import --insecure-skip-verify two.tar
policy ''
must sealift trust revoke -q --trust store bob.pub
must bundle eleven.tar prod 11 alice bob
outcome 7 revoked "revoked: a revoked key" import eleven.tar
rm store/revoked

# --- time --------------------------------------------------------------------------------

must sealift export -q -o gone.tar --stream dev-x --serial 5 --key dev.key \
    --expires 2026-10-01T00:00:00Z "$name"
policy ', "overrides": ["expired"]'
outcome 7 expired "expired: an expired bundle" import gone.tar
outcome 7 expired "no variable moves the clock that judges" \
    env SOURCE_DATE_EPOCH=0 "$abs_top_builddir/sealift" import -q --trust store --report report \
    gone.tar "$target"
outcome 0 - "expired: with a reason, where the policy allows it" \
    import --receipt host.key --allow-expired 'no newer one' gone.tar
check_equal "expired: recorded in the receipt" "[{'name': 'expired', 'reason': 'no newer one'}]" \
    "$(field report.receipt.json 'd["overrides"]')"
policy ''
outcome 7 override-denied "expired: where it does not" import --allow-expired 'no newer one' gone.tar

must env SOURCE_DATE_EPOCH="$(($(date +%s) + 30 * 86400))" "$abs_top_builddir/sealift" export -q \
    -o future.tar --stream dev-x --serial 6 --key dev.key "$name"
policy ', "clock": "trusted"'
outcome 7 clock "creation-time-implausible: from the future, where the clock is trusted" import future.tar
policy ''
outcome 0 - "creation-time-implausible: else only a warning" sealift verify -q --trust store --report report future.tar
check "creation-time-implausible: which it is" grep -q 'warning: the bundle states that it was made on' "$err"

must bundle plain.tar dev-x 7 dev
if faketime 2030-01-01 "$abs_top_builddir/sealift" version >/dev/null 2>&1; then
    outcome 0 - "clock-wrong: a clock of 1970" \
        faketime '1970-01-02 00:00:00' "$abs_top_builddir/sealift" verify -q --trust store --report report plain.tar
    check "clock-wrong: with a warning" grep -q 'warning: the clock is at least .* days behind' "$err"
    outcome 0 - "clock-wrong: a clock of 2099" \
        faketime '2099-01-01 00:00:00' "$abs_top_builddir/sealift" verify -q --key dev.pub --report report plain.tar
    check "clock-wrong: with a warning" grep -q 'warning: the clock is .* days ahead' "$err"
    outcome 7 expired "a clock set back does not revive an expired bundle" \
        faketime '2001-01-01 00:00:00' "$abs_top_builddir/sealift" verify -q --key dev.pub --report report gone.tar
else
    skip "clock-wrong: a clock of 1970 or 2099" "faketime does not work here"
fi

# One signer of one stream, who dates a bundle into the year 2240.
dated() {
    at=$(($(date +%s) + $2 * 86400)) file=$1
    shift 2
    env SOURCE_DATE_EPOCH="$at" "$abs_top_builddir/sealift" export -q --force -o "$file" "$@" "$name"
}
policy ', "clock": "untrusted"'
must dated far.tar 78000 --stream dev-far --serial 1 --key dev.key
must bundle near.tar dev-near 1 dev
must bundle forty-four.tar prod 44 alice bob
must sealift export -q --force -o soon.tar --stream dev-far --serial 2 --key dev.key \
    --expires "$(date -u -d "@$(($(date +%s) + 500 * 86400))" +%Y-%m-%dT%H:%M:%SZ)" "$name"
floor() {
    python3 - "store/state/$1.json" <<'SCRIPT'
import calendar, json, sys, time
floor = time.strptime(json.load(open(sys.argv[1]))["floor"], "%Y-%m-%dT%H:%M:%SZ")
print(round((calendar.timegm(floor) - time.time()) / 86400))
SCRIPT
}
outcome 0 - "a bundle of the year 2240" import far.tar
check_equal "creation-time-far-ahead: counts for 400 days from now, whatever the clock is taken for" 400 \
    "$(floor dev-far)"
outcome 0 - "the same bundle again" import far.tar
check_equal "creation-time-far-ahead: does not make that more" 400 "$(floor dev-far)"
policy ''
outcome 0 - "creation-time-far-ahead: other streams are as old as they were" import forty-four.tar
outcome 0 - "creation-time-far-ahead: and not only those that came before" import near.tar
outcome 7 rollback "creation-time-far-ahead: of its own stream nothing is newer" import soon.tar
sed 's/"dev-\*": {/"dev-*": {"epoch": 1, /' store/policy.json >policy.new
mv policy.new store/policy.json
outcome 0 - "creation-time-far-ahead: until the epoch is raised" import soon.tar
check_equal "creation-time-far-ahead: which forgets the time, too" 0 "$(floor dev-far)"

# Within the 400 days a stream's own time counts, against a clock that was set back.
sed 's/"dev-\*": {/"dev-*": {"rollback": "allow", /' store/policy.json >policy.new
mv policy.new store/policy.json
must dated ahead.tar 100 --stream dev-far --serial 4 --key dev.key
in_50_days=$(date -u -d "@$(($(date +%s) + 50 * 86400))" +%Y-%m-%dT%H:%M:%SZ)
for stream in far near; do
    must sealift export -q --force -o "$stream.tar" --stream "dev-$stream" --serial 3 --key dev.key \
        --expires "$in_50_days" "$name"
done
outcome 0 - "a bundle made in 100 days" import --receipt host.key ahead.tar
outcome 7 expired "creation-time-far-ahead: what expired before that, of its stream" import far.tar
rm store/state/dev-far.json
outcome 7 expired "creation-time-far-ahead: also when only the receipt knows" import far.tar
outcome 0 - "creation-time-far-ahead: and of another one" import near.tar
policy ''

# --- where to, and without a signature ---------------------------------------------------

must forget_requests target
outcome 7 target "names-and-targets: somewhere else than the policy says" \
    sealift import -q --trust store --report report forty-four.tar "$(address_of target)/elsewhere"
outcome 7 override-denied "--insecure-skip-verify, which the policy does not mention" \
    import --insecure-skip-verify two.tar
policy ', "allow_insecure": false'
outcome 7 override-denied "--insecure-skip-verify, which the policy forbids" \
    import --insecure-skip-verify two.tar
check_equal "none of these asked the registry anything" 0 "$(requests target)"
policy ', "allow_insecure": true'
before=$(cat store/state/*.json 2>/dev/null)
outcome 0 - "--insecure-skip-verify" import --insecure-skip-verify older.tar
check_equal "leaves what is remembered alone" "$before" "$(cat store/state/*.json 2>/dev/null)"
outcome 7 stream "--insecure-skip-verify does not skip the rest of the policy" \
    import --insecure-skip-verify unlisted.tar

done_testing
