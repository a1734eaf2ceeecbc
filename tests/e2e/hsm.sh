#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hsm.sh - keys that stay in a token: SoftHSM, through OpenSSL's provider for PKCS#11.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
need softhsm2-util
cd "$work" || exit 99
for module in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
    [ ! -f "$module" ] || PKCS11_PROVIDER_MODULE=$module
done
export PKCS11_PROVIDER_MODULE
SOFTHSM2_CONF=$work/softhsm2.conf
export SOFTHSM2_CONF
mkdir tokens
printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$work" >"$SOFTHSM2_CONF"

# The provider, where this OpenSSL looks for it.
modules=$(openssl version -m | sed 's/.*"\(.*\)"/\1/')
[ -f "$modules/pkcs11.so" ] || skip_all "OpenSSL's provider pkcs11 is not installed"

# Such a module is loaded in a way that the address sanitizer does not bear.
! grep -qa __asan_init "$SEALIFT" || skip_all "built with a sanitizer"

umask 077
printf '1234\n' >pin
printf '4321\n' >wrong
{
    softhsm2-util --init-token --free --label carrier --pin 1234 --so-pin 5678
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072 -out rsa.key
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.key
    openssl req -x509 -key ec.key -subj /CN=card -days 100 -out ec.pem \
        -addext keyUsage=digitalSignature -addext extendedKeyUsage=codeSigning
    id=1
    for key in ec rsa p384; do
        openssl pkey -in $key.key -pubout -out $key.pub
        softhsm2-util --import $key.key --token carrier --label $key --id 0$id --pin 1234
        id=$((id + 1))
    done
} >set-up.log 2>&1 || fail "SoftHSM takes keys" "$(cat set-up.log)"

must start_registry source
must fill source shapes --only chart
name=$(references source)
uri() {
    echo "pkcs11:token=carrier;object=$1;type=private"
}

for key in ec rsa; do
    expect 0 "key show finds the $key key" sealift key show --passphrase-file pin "$(uri $key)"
    sed -n '/BEGIN/,$p' "$out" >shown.pub
    check "its public half equals that of the file" cmp shown.pub $key.pub
    expect 0 "export signs with it" sealift export -q --force -o b.tar --key "$(uri $key)" \
        --passphrase-file pin "$name"
    expect 0 "its public half verifies" sealift verify -q --key $key.pub b.tar
done
by_variable() {
    SEALIFT_PASSPHRASE=1234 sealift sign --key "$(uri ec)" b.tar
}
expect 0 "sign takes the PIN from the environment" by_variable
expect 0 "both signatures count" sealift verify -q --key ec.pub b.tar
expect 0 "reads the PIN from a file named in the URI" \
    sealift key show "$(uri ec)?pin-source=file:$work/pin"
expect 0 "signs by certificate with the key in the token" sealift sign --key "$(uri ec)" \
    --passphrase-file pin --sign-cert ec.pem b.tar
check "the signature is CMS" sh -c 'tar -tf b.tar | grep -q "\.p7s$"'
cms_verify() {
    tar -xf b.tar index.json signatures &&
        openssl cms -verify -purpose any -binary -inform DER -in signatures/*.p7s \
            -content index.json -CAfile ec.pem -out /dev/null
}
expect 0 "openssl verifies the signature" cms_verify

cp b.tar before.tar
expect 3 "refuses a wrong PIN" sealift sign --key "$(uri ec)" --passphrase-file wrong b.tar
expect 3 "fails without a PIN and without a terminal" sealift sign --key "$(uri ec)" b.tar
expect 2 "refuses a PIN in the URI" sealift sign --key "$(uri ec)?pin-value=1234" b.tar
check_not "the PIN is not shown" grep -q 1234 "$err"
expect 2 "refuses an unsupported curve" \
    sealift sign --key "$(uri p384)" --passphrase-file pin b.tar
expect 9 "fails when the token is absent" sealift sign \
    --key 'pkcs11:token=absent;object=ec;type=private' --passphrase-file pin b.tar
expect 2 "refuses to convert a key in a token" \
    sealift key convert --passphrase-file pin "$(uri ec)" file.key
check "the bundle is unchanged" cmp b.tar before.tar
without_provider() {
    OPENSSL_MODULES=$work sealift sign --key "$(uri ec)" --passphrase-file pin b.tar
}
expect 2 "fails without the provider" without_provider
check "a hint names the provider" grep -q '^hint: install pkcs11-provider' "$err"

done_testing
