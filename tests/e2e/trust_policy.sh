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

# policy MEMBERS: policy.json with the signers above and more members.
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

# --- thresholds -------------------------------------------------------------------------

policy ''
must bundle one.tar prod 10 alice
must bundle keys.tar prod 10 alice alice2
must bundle two.tar prod 10 alice bob
must bundle dev.tar prod 10 dev
must bundle unlisted.tar test 10 alice bob
must forget_requests target
outcome 7 threshold "threshold-counts-persons: one of two signers is not enough" import one.tar
check "names who signed, who has not, and what they type" \
    sh -c 'grep -q "signed by 1 of the 2 .*alice" "$1" &&
    grep -q "^hint: .*1 more of bob (bob.pub) must sign; a signer runs .sealift sign --key" "$1"' - "$err"
outcome 7 threshold "threshold-counts-persons: two keys of one person are not enough" \
    import keys.tar
outcome 7 stream "stream-not-authorised: a developer may not sign for prod" import dev.tar
outcome 7 stream "stream-not-authorised: an unlisted stream is refused" import unlisted.tar
cp stranger.pub store/keys
must bundle stranger.tar prod 10 stranger
outcome 7 unknown-signer "a key that the policy does not name does not count" import stranger.tar
check_equal "no request reached the registry" 0 "$(requests target)"
rm store/keys/stranger.pub
must sealift sign -q --key bob.key --sig-out bob.sig one.tar
outcome 0 - "signature-inside-and-beside: both count" \
    sealift verify -q --trust store --signature bob.sig --report report one.tar
outcome 0 - "two signers meet the threshold" import two.tar
check_equal "the result lists the signers" "['alice', 'bob'] 2" \
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
outcome 7 threshold "threshold-counts-persons: two files of one key are not enough" \
    sealift verify -q --trust ec --report report forged/twice.tar
must sealift sign -q --key signer.key --sig-out again.sig ec.tar
outcome 7 threshold "threshold-counts-persons: a separate file of the same key is not enough" \
    sealift verify -q --trust ec --report report --signature again.sig forged/twice.tar
outcome 7 threshold "threshold-counts-persons: one signature in two encodings is not enough" \
    sealift verify -q --trust ec --report report forged/reencoded.tar

# --- rollback ---------------------------------------------------------------------------

outcome 0 - "rollback-and-equivocation: the same bundle is accepted again" import two.tar
must bundle older.tar prod 9 alice bob
outcome 7 rollback "rollback-and-equivocation: a lower serial is refused" import older.tar
cp one.tar other.tar
must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$SEALIFT" export -q --force \
    -o other.tar --stream prod --serial 10 --key alice.key "$name"
must sealift sign -q --key bob.key other.tar
outcome 7 equivocation "rollback-and-equivocation: another bundle with the same serial is refused" \
    import other.tar
must env SOURCE_DATE_EPOCH=1700000000 "$SEALIFT" export -q --force \
    -o past.tar --stream prod --serial 11 --key alice.key "$name"
must sealift sign -q --key bob.key past.tar
outcome 7 rollback "creation-time-implausible: a bundle made before the last one is refused" \
    import past.tar
check "the message has both times" grep -q '2023-11-14T22:13:20Z' "$err"
outcome 7 override-denied "refuses --allow-rollback unless the policy lists it" \
    import --allow-rollback older.tar
outcome 0 - "refuses --allow-rollback without a store" \
    sealift verify -q --key alice.pub --allow-rollback --report report older.tar
outcome 7 override-denied "refuses --allow-expired without a store" \
    sealift verify -q --key alice.pub --allow-expired why --report report older.tar
policy ', "overrides": ["rollback"]'
outcome 0 - "accepts --allow-rollback if the policy lists it" import --allow-rollback older.tar
check_equal "the override is recorded" "[{'name': 'rollback'}]" "$(field report 'd["overrides"]')"
check_equal "the recorded serial stays at the higher one" \
    10 "$(field store/state/prod.json 'd["serial"]')"
outcome 7 equivocation "--allow-rollback does not permit equivocation" \
    import --allow-rollback other.tar
expect 0 "status succeeds" sealift status --trust store
check "status shows the stream" grep -q '^prod  *10  .* 0 minutes ago$' "$out"

mkdir -p plain/keys # a store without a policy
cp alice.pub plain/keys
must bundle first.tar default 30 alice
must bundle second.tar default 20 alice
must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$SEALIFT" export -q \
    -o third.tar --serial 30 --key alice.key "$name"
plain() {
    sealift import -q --trust plain --report report "$@" "$target/plain"
}
outcome 0 - "without a policy the first of two series is accepted" plain first.tar
outcome 7 rollback "the other series with a lower serial is refused" plain second.tar
check "a hint suggests a separate stream" grep -q "^hint: .*'sealift export --stream NAME'" "$err"
outcome 7 equivocation "another bundle with the same serial is refused" plain third.tar
check "a hint suggests a separate stream there too" \
    grep -q "^hint: .*'sealift export --stream NAME'" "$err"
outcome 7 equivocation "--allow-rollback does not permit that" plain --allow-rollback third.tar
outcome 0 - "--allow-rollback permits the older one" plain --allow-rollback second.tar
check_equal "the override is recorded without a policy too" "[{'name': 'rollback'}]" \
    "$(field report 'd["overrides"]')"
check_equal "the higher serial stays recorded" 30 "$(field plain/state/default.json 'd["serial"]')"

outcome 0 - "--key ignores the recorded state" \
    sealift import -q --key alice.pub --report report older.tar "$target"
check_equal "the recorded serial is unchanged" 10 "$(field store/state/prod.json 'd["serial"]')"

held() {
    flock store/state/prod.lock "$SEALIFT" import -q --trust store --report report \
        two.tar "$target"
}
if command -v flock >/dev/null; then
    outcome 12 - "a second import of a stream is refused" held
else
    skip "a second import of a stream is refused" "flock is not installed"
fi

sed 's/"threshold": 2,/"threshold": 2, "epoch": 1,/' store/policy.json >policy.new
mv policy.new store/policy.json
outcome 0 - "a higher epoch accepts a lower serial" import older.tar
check_equal "the lower serial is recorded" 9 "$(field store/state/prod.json 'd["serial"]')"
policy ''

# Unusual names of streams.
policy ', "default": "accept"'
for stream in .hidden ..; do
    must bundle dots.tar "$stream" 10 alice
    outcome 0 - "accepts stream $stream" import dots.tar
    must bundle dots.tar "$stream" 9 alice
    outcome 7 rollback "rollback-and-equivocation: a lower serial of stream $stream is refused" \
        import dots.tar
    must env SOURCE_DATE_EPOCH="$(($(date +%s) + 5))" "$SEALIFT" export -q \
        --force -o dots.tar --stream "$stream" --serial 10 --key alice.key "$name"
    outcome 7 equivocation "rollback-and-equivocation: the same serial of stream $stream is refused" \
        import dots.tar
done
expect 0 "status succeeds" sealift status --trust store
check_equal "status shows them" ".. .hidden " \
    "$(sed -n 's/^\(\.[a-z.]*\)  *10 .*/\1/p' "$out" | tr '\n' ' ')"
policy ''

# --- lost state -------------------------------------------------------------------------

rm -r store/state
must bundle forty-three.tar prod 43 alice bob
must bundle forty-two.tar prod 42 alice bob
# What fails besides the bundle is not reported as an error of it.
must openssl genpkey -algorithm ed25519 -aes256 -pass pass:right -out locked.key 2>/dev/null
echo wrong >phrase
chmod 600 locked.key phrase
outcome 3 - "import refuses a wrong passphrase of the receipt key" \
    import --receipt locked.key --passphrase-file phrase forty-three.tar
check "the error names the key, not the bundle" \
    grep -q "^sealift: import: 'locked.key': wrong passphrase" "$err"
outcome 9 - "import requires the receipt key" import --receipt absent.key forty-three.tar
check "the error names that file only" grep -q "^sealift: import: cannot open 'absent.key'" "$err"
outcome 2 - "import requires well-formed credentials" import --authfile phrase forty-three.tar
check "the error names their file only" grep -q "^sealift: import: 'phrase' " "$err"
outcome 0 - "import --receipt succeeds" import --receipt host.key forty-three.tar
check "the receipt is beside the report" test -s report.receipt.json
expect 0 "the receipt verifies" sealift verify-receipt --key host.pub report.receipt.json
check "the receipt has the stream" grep -q '^stream  *prod, serial 43$' "$out"
openssl_receipt() {
    sed -n 's/.*"signature":"\([^"]*\)".*/\1/p' report.receipt.json.sigstore.json |
        openssl base64 -d -A >raw &&
        openssl pkeyutl -verify -pubin -inkey host.pub -rawin -in report.receipt.json -sigfile raw
}
check "openssl verifies the receipt" openssl_receipt
check_equal "the receipt has image, digest and signers" \
    "['alice', 'bob'] $name sha256:" \
    "$(field report.receipt.json 'str(sorted(d["signers"])) + " " + d["images"][0]["name"] + " " + d["images"][0]["digest"][:7]')"
cp report.receipt.json changed.json
cp report.receipt.json.sigstore.json changed.json.sigstore.json
sed -i 's/"serial":"43"/"serial":"44"/' changed.json
expect 7 "refuses a changed receipt" sealift verify-receipt --key host.pub changed.json
expect 7 "refuses a receipt of another host" \
    sealift verify-receipt --key alice.pub report.receipt.json
rm -r store/state
must forget_requests target
outcome 7 rollback "state-lost: a bundle older than the receipt is refused" import forty-two.tar
check_equal "state-lost: nothing is written" 0 "$(writes target)"
outcome 0 - "state-lost: the bundle of the receipt is accepted" import forty-three.tar
rm -r store/state
mkdir store/state
printf '{"stream":' >store/state/prod.json
must forget_requests target
outcome 7 state "state-damaged: import is refused" import forty-three.tar
check "state-damaged: the message names the file" \
    grep -q "'store/state/prod.json' is damaged" "$err"
check "state-damaged: a hint mentions the receipt" \
    grep -q '^hint: .*move the file away.*receipt' "$err"
check_equal "state-damaged: no request reached the registry" 0 "$(requests target)"
outcome 7 state "state-damaged: verify is refused" \
    sealift verify -q --trust store --report report forty-three.tar
expect 0 "state-damaged: status succeeds" sealift status --trust store --report report
check "state-damaged: status lists the file" grep -q "^damaged: .*store/state/prod.json" "$out"
check_equal "state-damaged: the result lists the file" "store/state/prod.json" \
    "$(field report 'd["damaged"][0]["file"]')"
mv store/state/prod.json store/state/other.json
outcome 7 rollback "state-damaged: without the file the receipt decides" import forty-two.tar
outcome 0 - "state-damaged: files of other streams are not read" import forty-three.tar
expect 0 "status succeeds" sealift status --trust store
check "state-damaged: status shows intact and damaged files" \
    sh -c 'grep -q "^prod  *43 " "$1" && grep -q "^damaged: .*other.json" "$1"' - "$out"
rm -r store/state
sed 's/"alice", "bob"\], "threshold": 2/"dev"]/' store/policy.json >policy.new
mv policy.new store/policy.json
must bundle dev42.tar prod 42 dev
outcome 0 - "ignores a receipt whose signers no longer count" import dev42.tar
check "a warning says that no import is recorded" grep -q 'warning: no import of stream' "$err"
rm -r store/state

# --- revoked -----------------------------------------------------------------------------

policy ''
digest=$(sealift digest --json two.tar 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["index"])')
must sealift trust revoke -q --trust store "$digest"
outcome 7 revoked "revoked: a revoked bundle is refused" import two.tar
policy ', "allow_insecure": true'
outcome 7 revoked "revoked: --insecure-skip-verify does not permit it" \
    import --insecure-skip-verify two.tar
policy ''
must sealift trust revoke -q --trust store bob.pub
must bundle eleven.tar prod 11 alice bob
outcome 7 revoked "revoked: a revoked key does not count" import eleven.tar
rm store/revoked

# --- time --------------------------------------------------------------------------------

must sealift export -q -o gone.tar --stream dev-x --serial 5 --key dev.key \
    --expires 2026-10-01T00:00:00Z "$name"
policy ', "overrides": ["expired"]'
outcome 7 expired "expired: an expired bundle is refused" import gone.tar
outcome 7 expired "SOURCE_DATE_EPOCH does not change the clock for expiry" \
    env SOURCE_DATE_EPOCH=0 "$SEALIFT" import -q --trust store --report report \
    gone.tar "$target"
outcome 0 - "expired: --allow-expired is accepted where the policy lists it" \
    import --receipt host.key --allow-expired 'no newer one' gone.tar
check_equal "expired: the reason is recorded in the receipt" \
    "[{'name': 'expired', 'reason': 'no newer one'}]" \
    "$(field report.receipt.json 'd["overrides"]')"
policy ''
outcome 7 override-denied "expired: --allow-expired is refused where the policy does not list it" \
    import --allow-expired 'no newer one' gone.tar

must env SOURCE_DATE_EPOCH="$(($(date +%s) + 30 * 86400))" "$SEALIFT" export -q \
    -o future.tar --stream dev-x --serial 6 --key dev.key "$name"
policy ', "clock": "trusted"'
outcome 7 clock "creation-time-implausible: a future time is refused where the clock is trusted" \
    import future.tar
policy ''
outcome 0 - "creation-time-implausible: else verify succeeds" \
    sealift verify -q --trust store --report report future.tar
check "creation-time-implausible: a warning has the time" \
    grep -q 'warning: the bundle states that it was made on' "$err"

must bundle plain.tar dev-x 7 dev
if faketime 2030-01-01 "$SEALIFT" version >/dev/null 2>&1 &&
    ldd "$SEALIFT" 2>/dev/null | grep -q '=>'; then # it is preloaded
    outcome 0 - "clock-wrong: verify succeeds in 1970" \
        faketime '1970-01-02 00:00:00' "$SEALIFT" verify -q --trust store --report report plain.tar
    check "clock-wrong: a warning is shown" \
        grep -q 'warning: the clock is at least .* days behind' "$err"
    outcome 0 - "clock-wrong: verify succeeds in 2099" \
        faketime '2099-01-01 00:00:00' "$SEALIFT" verify -q --key dev.pub --report report plain.tar
    check "clock-wrong: a warning is shown" grep -q 'warning: the clock is .* days ahead' "$err"
    outcome 7 expired "a clock set back does not revive an expired bundle" \
        faketime '2001-01-01 00:00:00' "$SEALIFT" verify -q --key dev.pub --report report gone.tar
else
    skip "clock-wrong: verify succeeds in 1970 and 2099" "faketime does not work here"
fi

# One signer of one stream, who dates a bundle into the year 2240.
dated() {
    at=$(($(date +%s) + $2 * 86400)) file=$1
    shift 2
    env SOURCE_DATE_EPOCH="$at" "$SEALIFT" export -q --force -o "$file" "$@" "$name"
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
outcome 0 - "imports a bundle dated 2240" import far.tar
check_equal "creation-time-far-ahead: at most 400 days ahead are recorded" 400 \
    "$(floor dev-far)"
outcome 0 - "imports the same bundle again" import far.tar
check_equal "creation-time-far-ahead: the recorded time is unchanged" 400 "$(floor dev-far)"
policy ''
outcome 0 - "creation-time-far-ahead: a known stream is not affected" import forty-four.tar
outcome 0 - "creation-time-far-ahead: a new stream is not affected" import near.tar
outcome 7 rollback "creation-time-far-ahead: its own stream accepts nothing newer" import soon.tar
sed 's/"dev-\*": {/"dev-*": {"epoch": 1, /' store/policy.json >policy.new
mv policy.new store/policy.json
outcome 0 - "creation-time-far-ahead: a higher epoch accepts a newer bundle" import soon.tar
check_equal "creation-time-far-ahead: a higher epoch resets the recorded time" 0 "$(floor dev-far)"

# Within the 400 days a stream's own time counts, against a clock that was set back.
sed 's/"dev-\*": {/"dev-*": {"rollback": "allow", /' store/policy.json >policy.new
mv policy.new store/policy.json
must dated ahead.tar 100 --stream dev-far --serial 4 --key dev.key
in_50_days=$(date -u -d "@$(($(date +%s) + 50 * 86400))" +%Y-%m-%dT%H:%M:%SZ)
for stream in far near; do
    must sealift export -q --force -o "$stream.tar" --stream "dev-$stream" --serial 3 --key dev.key \
        --expires "$in_50_days" "$name"
done
outcome 0 - "imports a bundle dated 100 days ahead" import --receipt host.key ahead.tar
outcome 7 expired "creation-time-far-ahead: a bundle that expired before that is refused" \
    import far.tar
rm store/state/dev-far.json
outcome 7 expired "creation-time-far-ahead: it is refused when only the receipt has the time" \
    import far.tar
outcome 0 - "creation-time-far-ahead: a bundle of another stream is accepted" import near.tar
policy ''

# --- targets, and skipped signatures ----------------------------------------------------

must forget_requests target
outcome 7 target "names-and-targets: another target is refused" \
    sealift import -q --trust store --report report forty-four.tar "$(address_of target)/elsewhere"
outcome 7 override-denied "refuses --insecure-skip-verify unless the policy allows it" \
    import --insecure-skip-verify two.tar
policy ', "allow_insecure": false'
outcome 7 override-denied "refuses --insecure-skip-verify if the policy forbids it" \
    import --insecure-skip-verify two.tar
check_equal "no request reached the registry" 0 "$(requests target)"
policy ', "allow_insecure": true'
before=$(cat store/state/*.json 2>/dev/null)
outcome 0 - "--insecure-skip-verify succeeds if the policy allows it" \
    import --insecure-skip-verify older.tar
check_equal "the recorded state is unchanged" "$before" "$(cat store/state/*.json 2>/dev/null)"
outcome 7 stream "--insecure-skip-verify does not skip the rest of the policy" \
    import --insecure-skip-verify unlisted.tar

done_testing
