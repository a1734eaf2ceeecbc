#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# trust_store.sh - the trust store and how it is changed, by one person and by several.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart
name=$(references source)
cd "$work" || exit 99
umask 022
PATH=$abs_top_builddir:$PATH

# --- two signers, from scratch -----------------------------------------------------------

cat >two-people <<COMMANDS
sealift keygen -q --type ed25519 --no-passphrase alice
sealift keygen -q --type ed25519 --no-passphrase bob
sealift export -q -o b.tar --key alice.key $name
sealift sign -q --key bob.key b.tar
sealift trust add -q --trust store alice.pub
sealift trust add -q --trust store bob.pub
echo '{"version":1,"signers":{"alice":{"keys":["alice.pub"]},"bob":{"keys":["bob.pub"]}},"streams":{"default":{"signers":["alice","bob"],"threshold":2}},"root":{"signers":["alice","bob"],"threshold":2}}' >store/policy.json
sealift import -q --trust store b.tar $(address_of target)/mirror
COMMANDS
expect 0 "two people sign and one imports" sh -eu two-people
check "fewer than ten commands are needed" test "$(wc -l <two-people)" -lt 10
check "the image is at the target" same_images source target "mirror/$(address_of source | tr : _)"

# --- by hand -----------------------------------------------------------------------------

sealift verify --explain --trust store b.tar >by-hand.sh
mkdir shared-tmp # where every other user could have put a link before
TMPDIR=$work/shared-tmp
export TMPDIR
expect 0 "the commands of --explain accept the bundle" sh by-hand.sh
check_equal "both signatures are checked" 2 "$(grep -c 'Signature Verified\|Verified OK' "$out")"
check "only the documented programs are used" \
    sh -c '! grep -qE "sealift |cosign|jq |python" by-hand.sh'
split -b 16384 -a 3 --numeric-suffixes=1 b.tar 'in parts.'
sealift verify --explain --trust store 'in parts.001' >by-hand.sh
expect 0 "the commands accept volumes" sh by-hand.sh
check_equal "each run uses one temporary folder" \
    2 "$(find shared-tmp -mindepth 1 -maxdepth 1 | wc -l)"
check_equal "no other file is written" "" "$(grep '>' by-hand.sh |
    grep -vE '>"\$(scratch/[a-z.]+|bundle)"|>&2|^# ')"
mkdir 'other place'
mv 'in parts.002' 'other place'
sealift verify --explain --trust store 'in parts.003' 'other place/in parts.002' \
    'in parts.001' >by-hand.sh
expect 0 "the commands accept named volumes in any order" sh by-hand.sh
expect 2 "refuses two bundles" sealift verify --explain --trust store b.tar b.tar
cp b.tar bad.tar
printf 'X' | dd of=bad.tar bs=1 seek=1700 conv=notrunc 2>/dev/null
sealift verify --explain --trust store bad.tar >by-hand.sh
expect 1 "the commands refuse another index.json" sh by-hand.sh
cp b.tar bad.tar
printf 'X' | dd of=bad.tar bs=1 seek=$(($(wc -c <bad.tar) - 1530)) conv=notrunc 2>/dev/null
sealift verify --explain --trust store bad.tar >by-hand.sh
expect 1 "the commands refuse another blob" sh by-hand.sh

# --- add, list, remove -------------------------------------------------------------------

must sealift keygen -q --type ed25519 --no-passphrase carol
must sealift keygen -q --type ecdsa --no-passphrase dave
expect 0 "trust add creates a store" sealift trust add --trust new carol.pub
check "trust add prints the key id" grep -qE '^key id +[0-9a-f]{64}$' "$out"
expect 0 "adding a key twice succeeds" sealift trust add --trust new carol.pub
mkdir elsewhere
cp dave.pub elsewhere/carol.pub
cp carol.pub elsewhere/charlie.pub
expect 12 "refuses the same key under another name" \
    sealift trust add --trust new elsewhere/charlie.pub
check "the message has the first name" grep -q "'new/keys/carol.pub' contains the same key" "$err"
expect 12 "refuses another key under the same name" \
    sealift trust add --trust new elsewhere/carol.pub
expect 2 "refuses a private key" sealift trust add --trust new dave.key
cp dave.key oops.pub
expect 2 "refuses a private key under another name" sealift trust add --trust new oops.pub
check "the private key is not in the store" test ! -e new/keys/oops.pub
expect 2 "refuses an invalid name" sealift trust add --trust new ./.pub
expect 9 "fails on a file that does not exist" sealift trust add --trust new absent.pub
expect 0 "trust list succeeds" sealift trust list --trust new
check "trust list shows the key" grep -q '^carol.pub  carol.pub  [0-9a-f]*' "$out"
expect 0 "trust remove succeeds" sealift trust remove --trust new carol
expect 9 "the key is removed" sealift trust remove --trust new carol
expect 7 "verify fails with a store without keys" sealift trust list --trust new
expect 0 "trust add succeeds where the policy does not name the key" \
    sealift trust add --trust store carol.pub
check "a warning says that it does not count" \
    grep -q 'warning: policy.json does not name carol.pub' "$err"
expect 2 "trust remove refuses a key that the policy names" \
    sealift trust remove --trust store bob.pub
check "a hint says what to do" grep -q '^hint: .*policy.json.*trust revoke' "$err"
expect 0 "trust revoke accepts it" sealift trust revoke --trust store bob.pub
expect 0 "trust list succeeds with a revoked key" sealift trust list --trust store
check "trust list marks the key as revoked" grep -q '^bob .*revoked' "$out"
expect 0 "revoking twice succeeds" sealift trust revoke --trust store bob.pub
check_equal "there is one line for it" 1 "$(grep -c '' store/revoked)"
expect 9 "refuses to revoke a malformed id" sealift trust revoke --trust store key:123
expect 2 "refuses an unknown action" sealift trust forget --trust store
expect 2 "trust list refuses an operand" sealift trust list bob.pub
expect 2 "trust remove requires an operand" sealift trust remove
rm store/revoked

# --- who may have written it -------------------------------------------------------------

echo "# nothing" >store/revoked
for path in store store/policy.json store/revoked store/keys store/keys/alice.pub; do
    chmod g+w $path
    expect 2 "refuses $path that a group may write" sealift verify -q --trust store b.tar
    check "the message names it and a hint has the command" \
        sh -c 'grep -q "$2" "$1" && grep -q "^hint: chmod go-w" "$1"' - "$err" "$path"
    chmod 755 $path
done
mkdir open
chmod 777 open
cp store/keys/alice.pub store/policy.json open
for path in store/keys/alice.pub store/policy.json; do
    mv $path good
    ln -s "$PWD/open/${path##*/}" $path
    expect 2 "refuses $path as a link into a folder that others may write" \
        sealift verify -q --trust store b.tar
    check "the message names that folder" grep -q "'$PWD/open' is writable by other users" "$err"
    rm $path
    ln -s nowhere $path
    expect 8 "refuses $path as a dangling link" sealift verify -q --trust store b.tar
    rm $path
    mv good $path
done
mv store/keys keys
ln -s ../keys store/keys
expect 0 "accepts keys as a link to a private folder" sealift verify -q --trust store b.tar
chmod 777 keys
expect 2 "refuses it when others may write there" sealift verify -q --trust store b.tar
chmod 755 keys
rm store/keys
mv keys store/keys
rm store/revoked
if [ "$(id -u)" -eq 0 ]; then
    chown 12345 store/policy.json
    expect 2 "refuses a policy of another user" sealift verify -q --trust store b.tar
    chown 0 store/policy.json
else
    skip "refuses a policy of another user" "only root can give a file away"
fi
cp store/policy.json policy.good
sed 's/"threshold":2/"treshold":2/' policy.good >store/policy.json
expect 2 "refuses a misspelt policy" sealift verify -q --trust store b.tar
check "the message has the word and the stream" \
    grep -q "stream 'default'.*unknown key 'treshold'" "$err"
sed 's/"version":1/"version":1,"version":2/' policy.good >store/policy.json
expect 2 "refuses a key listed twice" sealift verify -q --trust store b.tar
sed 's/bob.pub/absent.pub/' policy.good >store/policy.json
expect 9 "refuses a missing key" sealift verify -q --trust store b.tar
check "the message has signer and file" grep -q "signer 'bob'.*absent.pub" "$err"
cp policy.good store/policy.json
expect 9 "fails on a store that does not exist" sealift verify -q --trust nowhere b.tar
expect 2 "refuses --key with --trust" sealift verify -q --key alice.pub --trust store b.tar

# --- version N to N+1 --------------------------------------------------------------------

mkdir next
cp -r store/keys next
rm next/keys/bob.pub
sed 's/"version":1/"version":2/; s/bob.pub/carol.pub/' policy.good >next/policy.json
must sealift trust revoke -q --trust next bob.pub
expect 0 "trust export succeeds" sealift trust export --trust next -o update.json
expect 12 "trust export does not replace a file" sealift trust export --trust next -o update.json
before=$(find store -type f ! -path '*/state/*' -exec sha256sum {} + | sort)
expect 7 "refuses an unsigned update" sealift trust apply --trust store update.json
must sealift trust sign -q --key alice.key update.json
expect 7 "refuses one signature of two" sealift trust apply --trust store update.json
must sealift trust sign -q --key carol.key update.json
expect 7 "refuses signatures of the new policy alone" sealift trust apply --trust store update.json
check "the message names the missing signers" \
    grep -q 'by the present policy: signed by 1 of the 2' "$err"
mv update.json.*.sigstore.json elsewhere
for key in alice bob; do
    must sealift trust sign -q --key $key.key update.json
done
expect 7 "refuses signatures of the old policy alone" sealift trust apply --trust store update.json
check "the message names the missing signers" \
    grep -q 'by the new policy: signed by 1 of the 2' "$err"
must sealift trust sign -q --key carol.key update.json
sed 's/threshold\\":2/threshold\\":1/' update.json >changed.json
for file in update.json.*; do
    cp "$file" "changed.json${file#update.json}"
done
expect 7 "refuses a changed update" sealift trust apply --trust store changed.json
sed 's,keys/alice.pub,keys/../../alice.pub,' update.json >odd.json
expect 2 "refuses an update with a path outside the store" \
    sealift trust apply --trust store odd.json
check_equal "the store is unchanged" "$before" \
    "$(find store -type f ! -path '*/state/*' -exec sha256sum {} + | sort)"
expect 0 "accepts enough signatures of both policies" sealift trust apply --trust store update.json
expect 0 "the store has the next version" sealift trust list --trust store
check "the store has the new keys" \
    sh -c 'grep -q "version 2" "$1" && grep -q "^bob  *carol.pub" "$1"' - "$out"
check "the old key is removed" test ! -e store/keys/bob.pub
check "the old key is revoked" test -s store/revoked
expect 2 "refuses the same update again" sealift trust apply --trust store update.json
expect 7 "signatures of the removed signer no longer count" sealift verify -q --trust store b.tar
must sealift sign -q --key carol.key b.tar
expect 0 "with the new signature the bundle is accepted" sealift verify -q --trust store b.tar
sed 's/"version":2/"version":4/' next/policy.json >policy.new
mv policy.new next/policy.json
must sealift trust export -q --trust next -o skipping.json
expect 2 "accepts an update that skips a version" sealift trust apply --trust store skipping.json

# --- an update that would leave a store that cannot be opened ----------------------------

# update VERSION CHANGE: update.json of that version, signed by those who may; CHANGE is
# python that changes f, its files.
update() {
    rm -f update.json*
    python3 - "$@" <<'PYTHON' >update.json
import json
import pathlib
import re
import sys

f = {name: pathlib.Path("store", name).read_text()
     for name in ("policy.json", "keys/alice.pub", "keys/carol.pub")}
f["policy.json"] = re.sub('"version":[0-9]+', '"version":' + sys.argv[1], f["policy.json"])


def keys(start, end):
    return "".join(f"key:{i:064x}\n" for i in range(start, end))


exec(sys.argv[2])
print(json.dumps({"mediaType": "application/vnd.sealift.trust.v1+json", "files": f}))
PYTHON
    sealift trust sign -q --key alice.key update.json &&
        sealift trust sign -q --key carol.key update.json
}
state_of_store() {
    find store -type f ! -path '*/state/*' -exec sha256sum {} + | sort
}
# The bound is 10000 entries; a list of 4000 is sent along with every version.
lines=$(grep -c : store/revoked)
for version in 3 4 5 6; do
    must update $version "f['revoked'] = keys(0, 4000)"
    expect 0 "applies version $version with the whole list" \
        sealift trust apply --trust store update.json
done
check_equal "each line occurs once" $((lines + 4000)) "$(grep -c : store/revoked)"
expect 0 "the store opens" sealift trust list --trust store
before=$(state_of_store)
must update 7 "f['revoked'] = keys(3000, 10500)"
expect 11 "refuses a list that would grow too long" sealift trust apply --trust store update.json
refused() {
    must update 7 "$3"
    expect "$1" "an update with $2" sealift trust apply --trust store update.json
}
corp='p = json.loads(f["policy.json"]); p["signers"]["corp"] = {"x509": {"ca": ["corp.pem"], "subject": "CN=a"}}; f["policy.json"] = json.dumps(p)'
openssl req -x509 -key carol.key -subj /CN=corp -days 9 -out corp.pem
ca='f["ca/corp.pem"] = open("corp.pem").read()'
refused 11 "refuses a policy that is too large" 'f["policy.json"] += " " * 300000'
refused 9 "refuses an authority that is missing" "$corp"
refused 2 "refuses an authority that is not a certificate" "$corp; f['ca/corp.pem'] = 'rubbish'"
refused 2 "refuses a certificate as a revocation list" \
    "$corp; $ca; f['crl/corp.pem'] = f['ca/corp.pem']"
refused 12 "refuses a key that changes behind a new one" \
    'f["keys/a.pub"] = f["keys/alice.pub"]; f["keys/alice.pub"] = f["keys/carol.pub"]; f["keys/carol.pub"] = f["keys/a.pub"]'
check_equal "the store is unchanged" "$before" "$(state_of_store)"
must update 7 "$corp; $ca"
expect 0 "applies an update with its authority" sealift trust apply --trust store update.json
expect 0 "the store opens" sealift trust list --trust store
python3 -c 'for i in range(10000): print("key:%064x" % i)' >store/revoked
before=$(state_of_store)
expect 0 "revokes an entry of a full list again" \
    sealift trust revoke --trust store "key:$(printf %064x 9999)"
expect 11 "refuses one more entry" sealift trust revoke --trust store "key:$(printf %064x 10000)"
check_equal "the list is unchanged" "$before" "$(state_of_store)"
expect 0 "the store opens" sealift trust list --trust store

done_testing
