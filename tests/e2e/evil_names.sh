#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# evil_names.sh - every command, with files whose names a terminal would act on: no control
# character and no line out of a name reaches it, whether it goes well or not.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source fleet --images 1 --platforms 1 --layers 2 --layer-bytes 2000000 --shared 0
image=$(address_of source)/fleet/image000:v1
cd "$work" || exit 99
end=z # $() drops line ends
evil=$(printf 'a\033[31m\nOK: all is well\n\233%s' "$end")
absent=none$evil
shown='a\\x1b\[31m\\x0aOK: all is well\\x0a\\x9bz'

# Only line ends and printable ASCII, and no line that a name has made up.
is_plain() {
    ! grep -aq '[^ -~]' "$out" "$err" && ! grep -aq '^OK: all is well' "$out" "$err"
}

# Every line is JSON, except error messages.
is_json() {
    python3 -c 'import json, sys
json.load(open(sys.argv[1]))
[json.loads(line) for line in open(sys.argv[2]) if line[0] == "{"]' "$out" "$err"
}

# text STATUS NAME COMMAND...: the name is seen, and nothing in it acts on a terminal.
text() {
    text_status=$1 text_name=$2
    shift 2
    expect "$text_status" "$text_name" sealift "$@" -v --progress plain || return
    check "the message shows the name" grep -q "$shown" "$out" "$err"
    check "the name is escaped" is_plain
}

# json STATUS NAME COMMAND...: the same as JSON, progress too.
json() {
    json_status=$1 json_name=$2
    shift 2
    expect "$json_status" "$json_name: JSON" sealift "$@" --json --progress json || return
    check "the result is plain text" is_json
    check "the name is escaped" is_plain
}

# both STATUS NAME COMMAND...
both() {
    text "$@"
    json "$@"
}

# --- keys ----------------------------------------------------------------------------------

text 0 "keygen" keygen --type ed25519 --no-passphrase "$evil"
both 12 "keygen again" keygen --no-passphrase "$evil"
both 9 "keygen in a folder that is not there" keygen --no-passphrase "$absent/x"
both 0 "key show" key show "$evil.key"
both 0 "key show, of a public one" key show "$evil.pub"
check_equal "the result has the name" \
    'a\x1b[31m\x0aOK: all is well\x0a\x9bz.pub' "$(field "$out" 'd["key"]')"
both 9 "key show of none" key show "$absent"
echo secret >"$evil.pass"
chmod 600 "$evil.pass"
text 0 "key convert" key convert --new-passphrase-file "$evil.pass" "$evil.key" "$evil.two"
both 12 "key convert again" key convert "$evil.key" "$evil.two"
both 0 "key passwd" key passwd --passphrase-file "$evil.pass" --new-passphrase-file "$evil.pass" \
    "$evil.two"
both 9 "a passphrase that is not there" key show --passphrase-file "$absent" "$evil.two"
chmod 644 "$evil.pass"
both 2 "a passphrase that others can read" key show --passphrase-file "$evil.pass" "$evil.two"
must sealift keygen -q --no-passphrase plain

# --- export --------------------------------------------------------------------------------

echo "$image" >"$evil.list"
echo 'UPPER CASE' >"$evil.bad"
export_to() {
    export_status=$1 export_name=$2 export_out=$3
    shift 3
    both "$export_status" "$export_name" export --key "$evil.key" -f "$evil.list" \
        -o "$export_out" "$@"
}
export_to 0 "export" "$evil.tar" --report "$evil.report" --force
export_to 12 "export again" "$evil.tar"
export_to 0 "export in volumes" "$evil.set" --volume-size 1M --sig-out "$evil.sig" \
    --reuse "$evil.tar" --force
: >"$evil.set.999"
export_to 12 "a volume too many, and volumes that are there" "$evil.set" --volume-size 1M
text 0 "which is removed" export --unsigned -o "$evil.set" --volume-size 1M --force "$image"
export_to 0 "export in volumes" "$evil.set" --volume-size 1M --force
export_to 2 "refuses a malformed list" "$evil.x" -f "$evil.bad"
export_to 9 "a list that is not there" "$evil.x" -f "$absent"
export_to 9 "a folder that is not there" "$absent/x"
export_to 9 "nothing to reuse" "$evil.x" --reuse "$absent"
export_to 9 "no credentials" "$evil.x" --authfile "$absent"
export_to 9 "no CA" "$evil.x" --ca-file "$absent"
export_to 9 "no certificate" "$evil.x" --tls-cert "$absent"
both 9 "no key" export --key "$absent" -f "$evil.list" -o "$evil.x"

# --- bundles -------------------------------------------------------------------------------

head -c 100000 "$evil.tar" >"$evil.cut"
for bundle in "$evil.tar" "$evil.set"; do
    both 0 "verify" verify --key "$evil.pub" "$bundle"
    both 0 "inspect" inspect "$bundle"
    json 0 "digest" digest "$bundle"
    json 0 "payload" payload "$bundle"
    expect 0 "verify --explain succeeds" sealift verify --explain --key "$evil.pub" "$bundle"
    check "the name is escaped" is_plain
    cp "$out" by-hand.sh
    expect 0 "the printed commands work" sh by-hand.sh
done
for command in verify inspect digest payload; do
    set --
    [ $command != verify ] || set -- --key "$evil.pub"
    both 9 "$command of none" $command "$@" "$absent"
    both 6 "$command of garbage" $command "$@" "$evil.bad"
done
both 6 "verify of a part" verify --key "$evil.pub" "$evil.cut"
both 7 "verify by another key" verify --key plain.pub --signature "$evil.bad" "$evil.tar"
both 9 "verify by a key that is not there" verify --key "$absent" "$evil.tar"
both 2 "verify refuses a malformed key" verify --key "$evil.bad" "$evil.tar"
both 9 "verify by a store that is not there" verify --trust "$absent" "$evil.tar"
rm "$evil.set.002"
both 6 "verify of a part of a set" verify --key "$evil.pub" "$evil.set"

chmod 600 "$evil.pass"
both 0 "sign" sign --key "$evil.two" --passphrase-file "$evil.pass" "$evil.tar"
text 0 "sign in a file" sign --key plain.key --sig-out "$evil.sigstore" "$evil.tar"
both 9 "sign in another file" sign --key "$evil.key" --sig-out "$absent/x" "$evil.tar"
both 12 "sign in a file that is there" sign --key "$evil.key" --sig-out "$evil.sig" "$evil.tar"
both 0 "attach" attach --key plain.pub "$evil.tar" "$evil.sigstore"
both 7 "attach refuses a malformed signature" attach --key "$evil.pub" "$evil.tar" "$evil.bad"
both 9 "attach what is not there" attach --key "$evil.pub" "$evil.tar" "$absent"

import_it() {
    import_status=$1 import_name=$2
    shift 2
    both "$import_status" "$import_name" import "$@" "$(address_of target)/mirror"
}
import_it 0 "import" --key "$evil.pub" --receipt "$evil.key" --report "$evil.r" -v "$evil.tar"
import_it 9 "import of none" --key "$evil.pub" "$absent"
import_it 6 "import of a part" --key "$evil.pub" "$evil.cut"
import_it 9 "import without its receipt key" --key "$evil.pub" --receipt "$absent" "$evil.tar"

# --- receipts ------------------------------------------------------------------------------

receipt=$evil.r.receipt.json
both 0 "verify-receipt" verify-receipt --key "$evil.pub" "$receipt"
both 9 "verify-receipt of none" verify-receipt --key "$evil.pub" "$absent"
both 7 "verify-receipt by another key" verify-receipt --key plain.pub "$receipt"

# A host whose key is good may still write what it likes.
python3 - "$receipt" "$evil.key" <<'PYTHON' || exit 99
import base64, hashlib, json, os, subprocess, sys
path, key = (os.fsencode(word) for word in sys.argv[1:])
receipt = json.load(open(path))
receipt["target"] = "a\033[31m\nOK: all is well\n\u009b\u007fz"
text = json.dumps(receipt).encode()
open("forged.json", "wb").write(text)
signature = json.load(open(path + b".sigstore.json"))
made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in",
                       "forged.json"], check=True, capture_output=True).stdout
message = signature["messageSignature"]
message["signature"] = base64.b64encode(made).decode()
digest = message["messageDigest"]
name = digest["algorithm"].replace("SHA2_", "sha")
digest["digest"] = base64.b64encode(hashlib.new(name, text).digest()).decode()
json.dump(signature, open("forged.json.sigstore.json", "w"), separators=(",", ":"))
PYTHON
expect 0 "accepts a receipt with an escape sequence in its target" \
    sealift verify-receipt --key "$evil.pub" forged.json
check "the name is escaped" is_plain
check "the target is shown escaped" \
    grep -q 'imported .* to a\\x1b\[31m\\x0aOK: all is well\\x0a\\xc2\\x9b\\x7fz$' "$out"
json 0 "the JSON result escapes the target" verify-receipt --key "$evil.pub" forged.json

# --- trust ---------------------------------------------------------------------------------

both 2 "trust add of such a name" trust add --trust "$evil.store" "$evil.pub"
both 9 "trust add of none" trust add --trust "$evil.store" "$evil.none/none.pub"
must sealift trust add -q --trust "$evil.store" plain.pub
both 0 "trust list" trust list --trust "$evil.store"
both 0 "status" status --trust "$evil.store"
both 9 "trust list of none" trust list --trust "$absent"
both 9 "status of none" status --trust "$absent"
both 2 "trust remove of such a name" trust remove --trust "$evil.store" "$evil"
both 9 "trust revoke of such a name" trust revoke --trust "$evil.store" "$evil"
echo '{"version":1,"signers":{"p":{"keys":["plain.pub"]}},"streams":{"default":{"signers":["p"],"threshold":1}},"root":{"signers":["p"],"threshold":1}}' \
    >"$evil.store/policy.json"
text 0 "trust export" trust export --trust "$evil.store" -o "$evil.update"
both 12 "trust export again" trust export --trust "$evil.store" -o "$evil.update"
text 0 "trust sign" trust sign --key plain.key "$evil.update"
both 12 "trust sign again" trust sign --key plain.key "$evil.update"
both 9 "trust sign of none" trust sign --key plain.key "$absent"
both 9 "trust apply of none" trust apply --trust "$evil.store" "$absent"
both 2 "trust apply of garbage" trust apply --trust "$evil.store" "$evil.bad"
mkdir -p "$evil.store/state"
echo '{' >"$evil.store/state/$evil.json"
both 0 "status of a damaged file" status --trust "$evil.store"
chmod 777 "$evil.store"
both 2 "a store that all may write to" status --trust "$evil.store"

# --- what is typed -------------------------------------------------------------------------

both 2 "help of none" help "$evil"
both 2 "refuses an unknown action" trust "$evil"
json 2 "refuses an unknown action of key" key "$evil" x
for word in "$evil" "--$evil" "-$evil"; do
    expect 2 "refuses an unknown command with an escape sequence" sealift "$word" x
    check "the name is escaped" is_plain
    expect 2 "refuses an unknown option with an escape sequence" sealift verify "$word" --jobs 0 x
    check "the name is escaped" is_plain
done
both 2 "refuses a malformed image" export --unsigned -o "$evil.x" "$evil"
both 2 "refuses a malformed target" import --key plain.pub "$evil.tar" "$evil"

done_testing
