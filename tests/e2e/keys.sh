#!/bin/sh
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
    check_equal "its private half is for the owner only" 600 "$(stat -c %a "$type.key")"
    check "and encrypted" grep -q 'BEGIN ENCRYPTED PRIVATE KEY' "$type.key"
    check_equal "openssl opens it and finds the same public half" "$(cat "$type.pub")" \
        "$(openssl pkey -in "$type.key" -passin file:right -pubout 2>&1)"
    expect 0 "it signs, and the public half verifies" \
        signs "$type.key" "$type.pub" --passphrase-file right
done
expect 0 "keygen makes ECDSA P-256 unless told otherwise" \
    sealift keygen --passphrase-file right default
check "as its public half shows" \
    sh -c 'openssl pkey -pubin -in default.pub -noout -text | grep -q prime256v1'
check "the passphrase went through scrypt" \
    sh -c 'openssl asn1parse -in default.key | grep -q "scrypt\|1.3.6.1.4.1.11591.4.11"'
expect 0 "keygen --no-passphrase" sealift keygen --type ed25519 --no-passphrase open
check "leaves it unencrypted" grep -q 'BEGIN PRIVATE KEY' open.key
check_equal "still for the owner only" 600 "$(stat -c %a open.key)"
expect 0 "it needs no passphrase" signs open.key open.pub

before=$(cat open.key open.pub)
expect 12 "keygen replaces nothing" sealift keygen --type ed25519 --no-passphrase open
mv open.key kept.key
expect 12 "not even a public half alone" sealift keygen --type ed25519 --no-passphrase open
check "and then makes no private half" test ! -e open.key
mv kept.key open.key
check_equal "what was there is untouched" "$before" "$(cat open.key open.pub)"
expect 2 "keygen without a name" sealift keygen --no-passphrase
expect 2 "an unknown type" sealift keygen --type dsa --no-passphrase other
expect 9 "a folder that does not exist" sealift keygen --no-passphrase nowhere/key

# --- passphrases -------------------------------------------------------------------------

by_descriptor() {
    sealift export -q --force -o "$bundle" --key ecdsa.key --passphrase-fd 7 "$name" 7<"$1"
}
by_variable() {
    SEALIFT_PASSPHRASE=$1 sealift export -q --force -o "$bundle" --key ecdsa.key "$name"
}
expect 0 "--passphrase-fd" by_descriptor right
expect 0 "SEALIFT_PASSPHRASE" by_variable 'open sesame'
rm -f "$bundle"
must forget_requests source
expect 3 "a wrong passphrase from a file" signs ecdsa.key ecdsa.pub --passphrase-file wrong
expect 3 "from a descriptor" by_descriptor wrong
expect 3 "from the environment" by_variable 'open barley'
expect 3 "none, and nobody to ask" signs ecdsa.key ecdsa.pub
check "comes with what to do" grep -q '^hint: .*passphrase' "$err"
check "none of these left a bundle" test ! -e "$bundle"
check_equal "or asked the registry" 0 "$(requests source)"
expect 3 "keygen without a passphrase and nobody to ask" sealift keygen lonely
check "makes no key" test ! -e lonely.key
expect 9 "a passphrase file that does not exist" signs ecdsa.key ecdsa.pub --passphrase-file none

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
    expect 0 "openssl's $made key" signs "$made.key" "$made.pub"
done
for made in pkcs8-encrypted traditional-encrypted; do
    expect 0 "openssl's $made key" signs "$made.key" "$made.pub" --passphrase-file right
    expect 3 "openssl's $made key, wrong passphrase" \
        signs "$made.key" "$made.pub" --passphrase-file wrong
done

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
check "without a bundle" test ! -e "$bundle"
expect 9 "a key that does not exist" signs none.key ecdsa.pub

# --- several keys ------------------------------------------------------------------------

must signs open.key open.pub
expect 0 "one of several keys is enough" \
    sealift verify --key ecdsa.pub --key open.pub "$bundle"
expect 7 "none of several keys" sealift verify --key ecdsa.pub --key ed25519.pub "$bundle"
check "the message says what to do" grep -q '^hint: ' "$err"
expect 7 "verify without a key" sealift verify "$bundle"


# --- an end ------------------------------------------------------------------------------

expect 0 "a bundle that has not expired" \
    signs open.key open.pub --expires 9999-12-31T23:59:59Z
expect 7 "one that has" signs open.key open.pub --expires 2001-01-01T00:00:00Z
check "the message says when" grep -q 'expired on 2001-01-01T00:00:00Z' "$err"
expect 7 "not even without its signature" \
    sealift verify --insecure-skip-verify "$bundle"

done_testing
