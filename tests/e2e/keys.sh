#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# keys.sh - making keys, opening keys, and keys that other tools made.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must fill source shapes --only chart
name=$(references source)
bundle=$work/b.tar
cd "$work" || exit 99
umask 077
printf 'open sesame\n' >right
printf 'open barley\n' >wrong

# signs KEY PUB OPTIONS...: export with one, verify with the other.
signs() {
    key=$1 public=$2
    shift 2
    sealift export -q --force -o "$bundle" --key "$key" "$@" "$name" &&
        sealift verify -q --key "$public" "$bundle"
}

# --- made by keygen ----------------------------------------------------------------------

types="ecdsa ed25519 rsa3072"
is_quick && types="ecdsa ed25519"
for type in $types; do
    expect 0 "keygen --type $type" sealift keygen --type "$type" --passphrase-file right "$type"
    check_equal "the private half is readable by the owner only" 600 "$(stat -c %a "$type.key")"
    check "the private half is encrypted" grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$type.key"
    check_equal "openssl opens it and derives the same public half" "$(cat "$type.pub")" \
        "$(openssl pkey -in "$type.key" -passin file:right -pubout 2>&1)"
    expect 0 "it signs, and the public half verifies" \
        signs "$type.key" "$type.pub" --passphrase-file right
done
expect 0 "keygen makes ECDSA P-256 by default" \
    sealift keygen --passphrase-file right default
check "the public half is on P-256" \
    sh -c 'openssl pkey -pubin -in default.pub -noout -text | grep -q prime256v1'
check "the passphrase is derived by scrypt" \
    sh -c 'openssl asn1parse -in default.key | grep -q "scrypt\|1.3.6.1.4.1.11591.4.11"'
expect 0 "keygen --no-passphrase" sealift keygen --type ed25519 --no-passphrase open
check "the key is not encrypted" grep -q 'BEGIN PRIVATE KEY' open.key
check_equal "it is readable by the owner only" 600 "$(stat -c %a open.key)"
expect 0 "it signs without a passphrase" signs open.key open.pub

before=$(cat open.key open.pub)
expect 12 "keygen does not replace a key pair" sealift keygen --type ed25519 --no-passphrase open
mv open.key kept.key
expect 12 "keygen does not replace a public half" sealift keygen --type ed25519 --no-passphrase open
check "no private half is written then" test ! -e open.key
mv kept.key open.key
check_equal "the existing file is unchanged" "$before" "$(cat open.key open.pub)"
expect 2 "keygen requires a name" sealift keygen --no-passphrase
expect 2 "keygen refuses an unknown type" sealift keygen --type dsa --no-passphrase other
expect 9 "keygen refuses a folder that does not exist" sealift keygen --no-passphrase nowhere/key

# --- passphrases -------------------------------------------------------------------------

by_descriptor() {
    sealift export -q --force -o "$bundle" --key ecdsa.key --passphrase-fd 7 "$name" 7<"$1"
}
by_variable() {
    SEALIFT_PASSPHRASE=$1 sealift export -q --force -o "$bundle" --key ecdsa.key "$name"
}
by_cosign_variable() {
    COSIGN_PASSWORD=$1 sealift export -q --force -o "$bundle" --key "$2" "$name"
}
by_credential() {
    mkdir -p credentials
    cp "$1" credentials/sealift-passphrase
    CREDENTIALS_DIRECTORY=$work/credentials \
        sealift export -q --force -o "$bundle" --key ecdsa.key "$name"
}
expect 0 "--passphrase-fd is read" by_descriptor right
expect 0 "COSIGN_PASSWORD is read" by_cosign_variable 'open sesame' ecdsa.key
expect 0 "a systemd credential is read" by_credential right
expect 0 "SEALIFT_PASSPHRASE is read" by_variable 'open sesame'
rm -f "$bundle"
must forget_requests source
expect 3 "refuses a wrong passphrase from a file" signs ecdsa.key ecdsa.pub --passphrase-file wrong
expect 3 "refuses a wrong passphrase from a descriptor" by_descriptor wrong
expect 3 "refuses a wrong passphrase from the environment" by_variable 'open barley'
expect 3 "refuses a wrong passphrase from COSIGN_PASSWORD" \
    by_cosign_variable 'open barley' ecdsa.key
expect 3 "refuses a wrong passphrase from a credential" by_credential wrong
chmod 644 right
expect 2 "refuses a passphrase file that others can read" \
    signs ecdsa.key ecdsa.pub --passphrase-file right
chmod 600 right
expect 3 "fails without a passphrase and without a terminal" signs ecdsa.key ecdsa.pub
check "a hint names the sources of a passphrase" grep -q '^hint: .*passphrase' "$err"
check "no bundle was written" test ! -e "$bundle"
check_equal "no request reached the registry" 0 "$(requests source)"
expect 3 "keygen fails without a passphrase and without a terminal" sealift keygen lonely
check "no key is written" test ! -e lonely.key
expect 9 "refuses a passphrase file that does not exist" \
    signs ecdsa.key ecdsa.pub --passphrase-file none

# --- made by openssl ---------------------------------------------------------------------

{
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out pkcs8.key
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc \
        -pass file:right -out pkcs8-encrypted.key
    openssl ecparam -name prime256v1 -genkey -noout -out traditional.key
    openssl ec -in traditional.key -aes128 -passout file:right -out traditional-encrypted.key
    openssl genrsa -traditional -out rsa.key 3072
    openssl genrsa -out weak.key 2048
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp384r1 -out p384.key
    for key in pkcs8 pkcs8-encrypted traditional traditional-encrypted rsa weak p384; do
        openssl pkey -in "$key.key" -passin file:right -pubout -out "$key.pub"
    done
} 2>openssl.log || fail "openssl makes keys" "$(cat openssl.log)"
for made in pkcs8 traditional rsa; do
    expect 0 "signs with openssl's $made key" signs "$made.key" "$made.pub"
done
for made in pkcs8-encrypted traditional-encrypted; do
    expect 0 "signs with openssl's $made key" signs "$made.key" "$made.pub" --passphrase-file right
    expect 3 "refuses a wrong passphrase for openssl's $made key" \
        signs "$made.key" "$made.pub" --passphrase-file wrong
done

chmod 640 pkcs8.key pkcs8-encrypted.key
expect 2 "refuses an unencrypted key that others can read" signs pkcs8.key pkcs8.pub
check "a hint names the sources of a passphrase" grep -q '^hint: chmod 600' "$err"
expect 0 "accepts an encrypted key that others can read" \
    signs pkcs8-encrypted.key pkcs8-encrypted.pub --passphrase-file right

# Refused, whatever the code: too short, an unsupported curve, a public half, not a key.
rm -f "$bundle"
for key in weak.key p384.key ecdsa.pub right; do
    sealift export -q -o "$bundle" --key "$key" "$name" >"$out" 2>"$err" </dev/null
    status=$?
    case $status in
    2 | 5 | 7 | 11) pass "signing with $key is refused" ;;
    *) fail "signing with $key is refused" "exit $status" ;;
    esac
done
check "no bundle is written" test ! -e "$bundle"
expect 9 "refuses a key that does not exist" signs none.key ecdsa.pub

# Signatures by keys that sealift does not sign with are accepted: P-384 over any of
# its digests, RSA of 2048 bits over SHA-256.
must sealift export -q -o "$bundle" --unsigned "$name"
must sealift payload "$bundle" >signed.bytes
while read -r status key digest; do
    openssl dgst "-$digest" -sign "$key.key" signed.bytes >made.sig
    cp "$bundle" attached.tar
    expect "$status" "openssl's $digest by $key" \
        sealift attach --key "$key.pub" attached.tar made.sig
    [ "$status" = 0 ] || continue
    expect 0 "verify accepts the key" sealift verify --key "$key.pub" attached.tar
    sealift verify --explain --key "$key.pub" attached.tar >by-hand.sh
    expect 0 "the commands of --explain accept it" sh by-hand.sh
done <<'ROWS'
0 p384 sha256
0 p384 sha384
0 p384 sha512
7 p384 sha1
0 weak sha256
7 weak sha384
7 pkcs8 sha384
ROWS
rm -f "$bundle"

# Wherever such a short key has a say, that is warned of.
mkdir -p store/keys && cp weak.pub pkcs8.pub store/keys
openssl dgst -sha256 -sign weak.key signed.bytes >made.sig
must sealift attach -q --key weak.pub attached.tar made.sig 2>attach.log
check "attach warns of RSA with 2048 bits" grep -q "warning: 'weak.pub' is an RSA key" attach.log
for command in "status" "trust list" "verify --explain attached.tar" "verify attached.tar"; do
    # shellcheck disable=SC2086 # the words of a command
    expect 0 "$command" sealift $command --trust store
    check "it warns of the short key" grep -q "warning: 'weak.pub' is an RSA key" "$err"
done
cp -r store next
for version in 1 2; do
    echo '{"version":'$version',"signers":{"old":{"keys":["weak.pub"]},"new":{"keys":["pkcs8.pub"]}},
        "streams":{"default":{"signers":["old","new"]}},"root":{"signers":["new"]}}' \
        >"$(test $version = 1 && echo store || echo next)/policy.json"
done
must sealift trust export -q --trust next -o update.json
chmod 600 pkcs8.key
must sealift trust sign -q --key pkcs8.key update.json
expect 0 "trust apply succeeds" sealift trust apply --trust store update.json
check "it warns of the short key" grep -q "warning: 'weak.pub' is an RSA key" "$err"

# --- other forms -------------------------------------------------------------------------

# key_is FORM FILE OPTIONS...
key_is() {
    form=$1 file=$2
    shift 2
    sealift key show --json "$@" "$file" >shown && test "$(field shown 'd["form"]')" = "$form"
}
expect 0 "keygen --kdf pbkdf2" sealift keygen --kdf pbkdf2 --passphrase-file right fips
check "derives by PBKDF2 with HMAC-SHA256" \
    sh -c 'openssl asn1parse -in fips.key | grep -q hmacWithSHA256'
expect 0 "it signs" signs fips.key fips.pub --passphrase-file right
expect 0 "keygen --cosign" sealift keygen --cosign --passphrase-file right sigstore
check "the key file is sigstore's" grep -q 'ENCRYPTED SIGSTORE PRIVATE KEY' sigstore.key
expect 0 "it signs" signs sigstore.key sigstore.pub --passphrase-file right
expect 3 "refuses a wrong passphrase" signs sigstore.key sigstore.pub --passphrase-file wrong
expect 0 "keygen --cosign --no-passphrase" sealift keygen --cosign --no-passphrase void
expect 0 "it opens with the empty passphrase" by_cosign_variable '' void.key

expect 0 "key passwd succeeds" sealift key passwd --passphrase-file right \
    --new-passphrase-file wrong sigstore.key
expect 3 "the old passphrase is refused" \
    sealift key show --passphrase-file right sigstore.key
check "the key keeps its form" key_is cosign sigstore.key --passphrase-file wrong
check_equal "the key keeps its mode" 600 "$(stat -c %a sigstore.key)"
expect 0 "it signs as before" signs sigstore.key sigstore.pub --passphrase-file wrong
expect 0 "key passwd --no-passphrase succeeds" sealift key passwd --passphrase-file wrong \
    --no-passphrase sigstore.key
check "the key is not encrypted" key_is "not encrypted" sigstore.key
expect 0 "key convert --cosign succeeds" sealift key convert --cosign --passphrase-file right \
    ecdsa.key to-cosign.key
check "the passphrase stays" key_is cosign to-cosign.key --passphrase-file right
expect 0 "key convert --kdf pbkdf2 succeeds" \
    sealift key convert --kdf pbkdf2 --passphrase-file right \
    to-cosign.key to-pbkdf2.key
check_equal "openssl opens the converted key" "$(cat ecdsa.pub)" \
    "$(openssl pkey -in to-pbkdf2.key -passin file:right -pubout 2>&1)"
expect 12 "key convert does not replace a file" \
    sealift key convert --passphrase-file right ecdsa.key to-cosign.key
expect 0 "key show accepts a public key" sealift key show ecdsa.pub
sed -n '/BEGIN/,$p' "$out" >shown.pub
check "its output ends with the key" cmp shown.pub ecdsa.pub
check_not "key show of a private key shows no private half" grep -q PRIVATE "$out"

# --- several keys ------------------------------------------------------------------------

must signs open.key open.pub
expect 0 "one of several keys is enough" \
    sealift verify --key ecdsa.pub --key open.pub "$bundle"
expect 7 "fails when none of several keys signed" \
    sealift verify --key ecdsa.pub --key ed25519.pub "$bundle"
check "a hint says what to do" grep -q '^hint: ' "$err"
expect 7 "verify requires a key or a store" sealift verify "$bundle"


# --- an end ------------------------------------------------------------------------------

expect 0 "accepts a bundle before it expires" \
    signs open.key open.pub --expires 9999-12-31T23:59:59Z
expect 7 "refuses an expired bundle" signs open.key open.pub --expires 2001-01-01T00:00:00Z
check "the message has the date" grep -q 'expired on 2001-01-01T00:00:00Z' "$err"
expect 7 "refuses it with --insecure-skip-verify too" \
    sealift verify --insecure-skip-verify "$bundle"

done_testing
