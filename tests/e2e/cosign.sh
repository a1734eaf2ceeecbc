#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cosign.sh - cosign and sealift accept each other's keys and signatures: committed ones always,
# and live ones where cosign is installed.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

made=$tests/e2e/cosign # by cosign, see its README
cd "$work" || exit 99
umask 077
gunzip -c "$made/images.tar.gz" >unsigned.tar || exit 99
must sealift payload unsigned.tar >tosign
fresh() {
    cp unsigned.tar b.tar
}

# --- what cosign made --------------------------------------------------------------------

for key in cosign ed25519; do
    expect 0 "verifies a signature by cosign, $key" \
        sealift verify -q --key "$made/$key.pub" --signature "$made/$key.json" unsigned.tar
    fresh
    expect 0 "attaches a signature by cosign, $key" \
        sealift attach --key "$made/$key.pub" b.tar "$made/$key.json"
    expect 0 "verifies it inside the bundle, $key" sealift verify -q --key "$made/$key.pub" b.tar
    expect 0 "signs with a key by cosign, $key" env COSIGN_PASSWORD='open sesame' \
        "$SEALIFT" sign --key "$made/$key.key" --sig-out "$key.sig" unsigned.tar
    expect 0 "verifies that signature, $key" \
        sealift verify -q --key "$made/$key.pub" --signature "$key.sig" unsigned.tar
    expect 0 "cosign's steps accept a signature by cosign, $key" \
        python3 "$tests/e2e/cosign_verify.py" "$made/$key.pub" "$made/$key.json" tosign
done
fresh
expect 0 "attaches a bare signature by cosign" \
    sealift attach --key "$made/cosign.pub" b.tar "$made/cosign.sig"
expect 0 "verifies it inside the bundle" sealift verify -q --key "$made/cosign.pub" b.tar
expect 7 "refuses a signature by another key" \
    sealift verify -q --key "$made/ed25519.pub" --signature "$made/cosign.json" unsigned.tar
python3 - unsigned.tar other.tar <<'PYTHON'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(data.replace(b'"schemaVersion":2', b'"schemaVersion":3', 1))
PYTHON
expect 7 "refuses a signature by cosign over another index.json" \
    sealift verify -q --key "$made/cosign.pub" --signature "$made/cosign.json" other.tar

# --- what sealift makes ------------------------------------------------------------------

must make_key alice ecdsa
must make_key edith ed25519
{
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072 -out rita.key
    openssl pkey -in rita.key -pubout -out rita.pub
} 2>openssl.log || fail "openssl makes an RSA key" "$(cat openssl.log)"
signature_of() {
    echo "tree/signatures/$(openssl pkey -pubin -in "$1.pub" -outform DER | sha256sum |
        cut -c 1-16).sigstore.json"
}
fresh
for who in alice edith rita; do
    must sealift sign -q --key "$who.key" b.tar
done
mkdir tree
must tar -xf b.tar -C tree
for who in alice edith rita; do
    expect 0 "cosign's steps accept the signature of $who" \
        python3 "$tests/e2e/cosign_verify.py" "$who.pub" "$(signature_of $who)" tree/index.json
    expect 1 "cosign's steps refuse it for other bytes" \
        python3 "$tests/e2e/cosign_verify.py" "$who.pub" "$(signature_of $who)" tree/oci-layout
done

# --- live --------------------------------------------------------------------------------

if ! command -v cosign >/dev/null 2>&1; then
    skip "cosign verifies what sealift signs" "cosign is not installed"
    skip "sealift verifies what cosign signs" "cosign is not installed"
    skip "cosign and sealift open each other's keys" "cosign is not installed"
    done_testing
fi
COSIGN_PASSWORD=''
export COSIGN_PASSWORD
# Without a root of its own cosign asks the internet for one, also where it needs none.
echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' >root.json
live_verify() {
    cosign verify-blob --key "$1.pub" --bundle "$(signature_of "$1")" --new-bundle-format \
        --trusted-root root.json --insecure-ignore-tlog=true "$2"
}
# cosign 3 needs a signing configuration for what is an option of cosign 2.
if cosign signing-config create --out config.json >cosign.log 2>&1; then
    no_log='--signing-config config.json'
else
    no_log='--new-bundle-format --tlog-upload=false'
fi
live_sign() {
    # shellcheck disable=SC2086 # options
    cosign sign-blob --yes --key "$1" $no_log --bundle "$2" tosign
}
for who in alice edith rita; do
    expect 0 "cosign verifies the signature of $who" live_verify "$who" tree/index.json
    expect 1 "cosign refuses it for other bytes" live_verify "$who" tree/oci-layout
done
must cosign generate-key-pair --output-key-prefix pair
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out carla.key 2>openssl.log
openssl pkey -in carla.key -pubout -out carla.pub
cp pair.key cosign-pair.key
for who in pair alice edith rita carla; do
    # Some releases of cosign 2 cannot import EC and RSA keys in PKCS #8.
    if [ $who != pair ] && ! cosign import-key-pair --key $who.key \
        --output-key-prefix cosign-$who >cosign.log 2>&1; then
        skip "cosign imports the key of $who" "$(head -n 1 cosign.log)"
        continue
    fi
    expect 0 "cosign signs with the key of $who" live_sign cosign-$who.key cosign-$who.json
    fresh
    expect 0 "attaches what cosign signed with the key of $who" \
        sealift attach --key "$who.pub" b.tar "cosign-$who.json"
    expect 0 "verifies it inside the bundle" sealift verify -q --key "$who.pub" b.tar
    expect 0 "verifies it beside the bundle" sealift verify -q --key "$who.pub" \
        --signature "cosign-$who.json" unsigned.tar
done
expect 0 "signs with a key that cosign made" sealift sign -q --key pair.key b.tar
must sealift keygen -q --cosign --no-passphrase ours
check_equal "cosign opens a key that sealift made" "$(cat ours.pub)" \
    "$(cosign public-key --key ours.key 2>cosign.log)"

done_testing
