#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# certificates.sh - signatures by certificate, exchanged with openssl and GnuTLS.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart
references source >"$work/list"
target=$(address_of target)/mirror
cd "$work" || exit 99
umask 077

# --- an authority, one below it, and holders ----------------------------------------------

# new_key NAME: made by openssl, P-256.
new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
}
# issue NAME ISSUER EXTENSIONS [OPTIONS...]: NAME.pem for NAME.key.
issue() {
    name=$1 issuer=$2
    printf '%b\n' "$3" >"$name.ext"
    shift 3
    openssl req -new -key "$name.key" -subj "/O=Acme/CN=$name" -out "$name.csr" &&
        openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" \
            -set_serial "0x$(openssl rand -hex 8)" -extfile "$name.ext" -out "$name.pem" "$@"
}
authority() {
    new_key "$1" && openssl req -x509 -key "$1.key" -subj "/O=Acme/CN=$1" -days 3650 \
        -addext keyUsage=critical,keyCertSign,cRLSign -out "$1.pem"
}
below='basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign'
signing='keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning
subjectAltName=email:bundles@acme.example,URI:https://acme.example/bundles'
{
    authority root
    authority other
    for who in issuing signer mail plain past; do
        new_key "$who"
    done
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072 -out rsa.key
    openssl genpkey -algorithm ed25519 -out edith.key
    issue issuing root "$below" -days 3000
    issue signer issuing "$signing" -days 1000
    issue rsa issuing "$signing" -days 1000
    issue edith issuing "$signing" -days 1000
    issue mail issuing 'extendedKeyUsage=emailProtection' -days 1000
    issue plain issuing 'basicConstraints=CA:false' -days 1000
    issue past issuing "$signing" -days 1
} 2>openssl.log || fail "openssl makes certificates" "$(cat openssl.log)"

# policy FIELDS: a store whose one signer has a certificate with these fields.
policy() {
    rm -rf store
    mkdir -p store/ca/intermediates store/crl
    cp root.pem other.pem store/ca/
    printf '{"version":1,"signers":{"acme":{"x509":{%s}}},"streams":{"default":{"signers":["acme"]}},"default":"reject"}' \
        "$1" >store/policy.json
}
pinned='"ca":["root.pem"],"subject":"CN=signer,O=Acme"'
policy "$pinned"

# reason WORD NAME COMMAND...: exit 7 with that word.
reason() {
    word=$1 name=$2
    shift 2
    expect 7 "$name" "$@" --json &&
        check_equal "the reason is $word" "$word" "$(field "$out" 'd["error"]["reason"]')"
}
verify() {
    sealift verify --trust store "$@"
}

# --- signed by sealift---------------------------------------------------------------------

must sealift export -q --unsigned -o unsigned.tar -f list
fresh() {
    cp unsigned.tar b.tar
}
expect 0 "export --sign-cert succeeds" sealift export -q --key signer.key --sign-cert signer.pem \
    --sign-chain issuing.pem -o exported.tar -f list
check "the bundle has a CMS signature" sh -c 'tar -tf exported.tar | grep -q "^signatures/.*\.p7s$"'
expect 0 "the chain in the signature is accepted" verify exported.tar
check "the signer of the policy is shown" grep -q '^approved  by acme' "$out"
check "the subject is shown" grep -qF 'CN=signer,O=Acme' "$out"
fresh
expect 0 "sign --sign-cert succeeds" sealift sign --key signer.key --sign-cert signer.pem b.tar
reason unknown-signer "refuses a chain without its intermediate authority" verify b.tar
check "the message names the cause" grep -q 'does not chain to the authority' "$out"
cp issuing.pem store/ca/intermediates/
expect 0 "accepts an intermediate authority in the store" verify b.tar
cp b.tar signed.tar
expect 0 "signing again succeeds" sealift sign --key signer.key --sign-cert signer.pem b.tar
check "the bundle is unchanged" cmp b.tar signed.tar
expect 0 "import succeeds" sealift import -q --trust store b.tar "$target"
expect 2 "refuses a certificate as --key" sealift verify --key signer.pem b.tar
fresh
cat signer.pem issuing.pem root.pem >whole.pem
expect 0 "signs with a chain that begins with the signer's certificate" \
    sealift sign --key signer.key --sign-cert signer.pem --sign-chain whole.pem b.tar
expect 0 "the signature counts" verify b.tar
fresh
expect 0 "signs with an RSA certificate" sealift sign --key rsa.key --sign-cert rsa.pem \
    --sign-chain issuing.pem b.tar
policy '"ca":["root.pem"],"san":["email:bundles@acme.example"]'
expect 0 "the signature counts by e-mail address" verify b.tar
expect 0 "sign --sig-out succeeds" sealift sign --key signer.key --sign-cert signer.pem \
    --sign-chain issuing.pem --sig-out signer.p7s unsigned.tar
expect 0 "verify --signature succeeds" verify --signature signer.p7s unsigned.tar
fresh
expect 0 "attaches the file" sealift attach b.tar signer.p7s
expect 0 "the attached signature counts" verify b.tar
expect 0 "attaching it again succeeds" sealift attach --json b.tar signer.p7s
check_equal "the result says that it existed" True "$(field "$out" 'd["attached"][0]["wasThere"]')"

# Certificates and keys that cannot sign.
for who in mail plain; do
    expect 2 "refuses the certificate of $who, which is not for code signing" \
        sealift sign --key "$who.key" --sign-cert "$who.pem" unsigned.tar
done
expect 2 "refuses the certificate of another key" \
    sealift sign --key rsa.key --sign-cert signer.pem unsigned.tar
expect 2 "refuses an Ed25519 key" sealift sign --key edith.key --sign-cert edith.pem unsigned.tar
expect 2 "refuses a key in place of a certificate" \
    sealift sign --key signer.key --sign-cert signer.key unsigned.tar
expect 2 "refuses a chain without a certificate" \
    sealift sign --key signer.key --sign-chain issuing.pem unsigned.tar

# --- accepted signers-----------------------------------------------------------------------

sign_as() {
    fresh
    must sealift sign -q --key "$1.key" --sign-cert "$1.pem" --sign-chain issuing.pem b.tar
}
sign_as signer
policy '"ca":["root.pem"],"subject":"CN=other,O=Acme"'
reason unknown-signer "certificate-invalid: another subject is refused" verify b.tar
policy '"ca":["root.pem"],"san":["dns:bundles@acme.example"]'
reason unknown-signer "refuses a name of another type" verify b.tar
policy '"ca":["root.pem"],"san":["dns:other","uri:https://acme.example/bundles"]'
expect 0 "accepts one of several names" verify b.tar
id=$(openssl x509 -in signer.pem -pubkey -noout | openssl pkey -pubin -outform DER |
    sha256sum | cut -d ' ' -f 1)
policy "\"ca\":[\"root.pem\"],\"spki_sha256\":\"$id\""
expect 0 "accepts the pinned key" verify b.tar
policy '"ca":["other.pem"],"subject":"CN=signer,O=Acme"'
reason unknown-signer "certificate-invalid: another authority is refused" verify b.tar
policy '"ca":["missing.pem"],"subject":"CN=signer,O=Acme"'
expect 9 "fails on an authority that is missing in the store" verify b.tar
policy "$pinned"
rm -rf store/policy.json store/keys
mkdir store/keys
must make_key friend
cp friend.pub store/keys/
reason unknown-signer "without a policy no certificate counts" verify b.tar

# Time: that of the bundle, which it says itself, or ours.
policy "$pinned"
faketime=2001-01-01T00:00:00Z
at() {
    SOURCE_DATE_EPOCH=$(date -d "$1" +%s) sealift export -q --force --key signer.key \
        --sign-cert signer.pem --sign-chain issuing.pem -o at.tar -f list
}
expect 0 "exports a bundle dated before the certificate" at $faketime
reason expired "its signature does not count" verify at.tar
expect 0 "exports a bundle dated after the certificate" at '+2000 days'
reason expired "certificate-invalid: an expired certificate is refused" verify at.tar
policy "$pinned,\"time\":\"none\""
expect 0 "accepts it with time none" verify at.tar
policy "$pinned,\"time\":\"now\""
expect 0 "accepts it with time now" verify at.tar

# --- revoked -----------------------------------------------------------------------------

# list_of ISSUER CERTIFICATE...: a revocation list by hand, with openssl's little database.
# $crl_times are options, $crl_extensions lines of the configuration.
list_of() {
    issuer=$1
    shift
    : >index.txt
    echo "${crl_number:-01}" >crlnumber
    cat >ca.conf <<CONF
[ca]
default_ca = this
[this]
database = $work/index.txt
crlnumber = $work/crlnumber
default_md = sha256
default_crl_days = 30
certificate = $work/$issuer.pem
private_key = $work/$issuer.key
${crl_extensions:+crl_extensions = list}
[list]
${crl_extensions:-}
CONF
    for certificate; do
        openssl ca -config ca.conf -revoke "$certificate" || return 1
    done
    # shellcheck disable=SC2086 # options
    openssl ca -config ca.conf -gencrl ${crl_times:-} -out "$issuer.crl"
} 2>ca.log

policy "$pinned,\"crl\":\"require\""
reason unknown-signer "refuses when a required list is missing" verify b.tar
must list_of issuing
cp issuing.crl store/crl/issuing.pem
expect 0 "accepts an empty list of the issuer" verify b.tar
must list_of issuing signer.pem
cp issuing.crl store/crl/issuing.pem
reason revoked "revoked: a listed certificate is refused" verify b.tar
check "no warning is shown for a current list" \
    sh -c '! grep -q "ran out" "$1"' sh "$err"
crl_times="-crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z"
must list_of issuing signer.pem
crl_times=
cp issuing.crl store/crl/issuing.pem
reason revoked "refuses a certificate on an outdated list" verify b.tar
check "a warning has the time" \
    grep -q "warning: the revocation list of '.*' expired at 2020-02-01T00:00:00Z" "$err"
expect 0 "trust list succeeds" sealift trust list --trust store
check "trust list warns too" grep -q 'expired at 2020-02-01' "$err"
policy "$pinned"
must list_of root issuing.pem
cp root.crl store/crl/root.pem
reason revoked "refuses a chain whose issuer is listed" verify b.tar
policy "$pinned"
issuer_id=$(openssl x509 -in issuing.pem -pubkey -noout | openssl pkey -pubin -outform DER |
    sha256sum | cut -d ' ' -f 1)
serial=$(openssl x509 -in signer.pem -noout -serial | cut -d = -f 2 | tr 'A-F' 'a-f' | sed 's/^0*//')
echo "cert:$issuer_id:$serial" >store/revoked
reason revoked "refuses a certificate revoked by issuer and serial" verify b.tar
echo "key:$id" >store/revoked
reason revoked "refuses a certificate revoked by key id" verify b.tar
echo "key:$issuer_id" >store/revoked
reason revoked "refuses a certificate revoked by its issuer's key" verify b.tar

# Files that others can write are refused.
policy "$pinned"
must list_of issuing
cp issuing.crl store/crl/issuing.pem
cp issuing.pem store/ca/intermediates/
for path in ca ca/root.pem ca/intermediates ca/intermediates/issuing.pem crl crl/issuing.pem; do
    chmod o+w store/$path
    expect 2 "refuses store/$path that others may write to" verify b.tar
    check "the message names it" grep -q "'store/$path' is writable by other users" "$err"
    chmod o-w store/$path
done
mkdir open
cp root.pem open
chmod 777 open
ln -sf ../../open/root.pem store/ca/root.pem
expect 2 "refuses an authority linked from a folder that others may write to" verify b.tar

# Every list counts: an older one that revokes, beside a newer one that does not.
policy "$pinned,\"crl\":\"require\""
crl_extensions=authorityKeyIdentifier=keyid
crl_number=07
must list_of issuing signer.pem
cp issuing.crl store/crl/a.pem
crl_number=09
must list_of issuing
cp issuing.crl store/crl/b.pem
reason revoked "crls-disagree: an older list that revokes is honoured" verify b.tar
mv store/crl/a.pem store/crl/c.pem
reason revoked "crls-disagree: the file name does not matter" verify b.tar
mv store/crl/c.pem store/crl/.c.pem
reason revoked "crls-disagree: a hidden file is honoured" verify b.tar
rm store/crl/.c.pem
expect 0 "crls-disagree: the newer list alone is accepted" verify b.tar
# A partial list is an error that names it.
cp issuing.crl complete.pem
while read -r kind extension; do
    crl_extensions=$extension
    must list_of issuing
    cp issuing.crl store/crl/b.pem
    expect 2 "crls-disagree: a list that is $kind is refused" verify b.tar
    check "the message names the list" \
        grep -q "'store/crl/b.pem': revocation list not supported" "$err"
    cp complete.pem store/crl/a.pem
    expect 2 "crls-disagree: $kind beside a complete list is refused" verify b.tar
    rm store/crl/a.pem
done <<LISTS
delta 2.5.29.27=critical,DER:020101
indirect 2.5.29.28=critical,DER:30038401ff
for-users 2.5.29.28=critical,DER:30038101ff
for-authorities 2.5.29.28=critical,DER:30038201ff
for-some-reasons 2.5.29.28=critical,DER:300483020640
odd 1.2.3.4=critical,DER:0500
LISTS
crl_extensions='' crl_number=''
mv complete.pem store/crl/b.crl
rm store/crl/b.pem
expect 2 "crls-disagree: a list not called NAME.pem is refused" verify b.tar
check "the message names it" grep -q "store/crl/b.crl" "$err"

# One key, one id, however a certificate writes its point: of a signer, of an authority.
must openssl pkey -in signer.key -pubout -out signer.pub
for form in compressed hybrid; do
    {
        openssl ec -in signer.key -conv_form $form -out $form.key &&
            issue $form issuing "$signing" -days 1000 &&
            openssl ec -in issuing.key -conv_form $form -out by_$form.key &&
            issue by_$form root "$below" -days 3000 &&
            cp signer.key below_$form.key && issue below_$form by_$form "$signing" -days 1000
    } 2>openssl.log || fail "openssl makes certificates" "$(cat openssl.log)"
    sign_as $form
    policy "\"ca\":[\"root.pem\"],\"spki_sha256\":\"$id\",\"time\":\"none\""
    expect 0 "revoked-key-reencoded: a $form point has the usual key id" verify b.tar
    must sealift trust revoke -q --trust store signer.pub
    reason revoked "revoked-key-reencoded: it is revoked with its key" verify b.tar
    fresh
    must sealift sign -q --key signer.key --sign-cert below_$form.pem \
        --sign-chain by_$form.pem b.tar
    rm store/revoked
    expect 0 "accepts an authority with a $form point" verify b.tar
    serial=$(openssl x509 -in below_$form.pem -noout -serial | cut -d = -f 2 |
        tr 'A-F' 'a-f' | sed 's/^0*//')
    for line in "cert:$issuer_id:$serial" "key:$issuer_id"; do
        echo "$line" >store/revoked
        reason revoked "revoked-key-reencoded: it is revoked by the usual id, ${line%%:*}" \
            verify b.tar
    done
done
sign_as signer

# --- openssl and GnuTLS ------------------------------------------------------------------

policy "$pinned"
sealift payload unsigned.tar >tosign
cms_verify() {
    openssl cms -verify -purpose any -binary -inform DER -in "$1" -content "$2" \
        -CAfile root.pem -out /dev/null
}
expect 0 "openssl cms verifies the signature" cms_verify signer.p7s tosign
expect 4 "openssl cms refuses it for other bytes" cms_verify signer.p7s list
# cms OUTPUT OPTIONS...: what openssl makes.
cms() {
    output=$1
    shift
    openssl cms -sign -binary -in tosign -outform DER -md sha256 -out "$output" "$@"
}
attached() {
    fresh
    sealift attach b.tar "$1" && verify -q b.tar
}
must cms theirs.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem
expect 0 "accepts a signature by openssl cms" attached theirs.p7s
# planted FILE: a bundle with that file as its signature, put there without sealift.
planted() {
    PYTHONPATH=$tests/e2e python3 - unsigned.tar "$1" "$(printf '%.16s' "$id").p7s" <<'PYTHON'
import sys

import forge
from damage import END, members_of

bundle, signature, name = sys.argv[1:]
members = members_of(open(bundle, "rb").read())
forge.template = members[0].head
area = forge.area([(name, open(signature, "rb").read())])
with open("b.tar", "wb") as out:
    out.write(members[0].bytes + members[1].bytes + area
              + b"".join(m.bytes for m in members[3:]) + END)
PYTHON
}
must planted signer.p7s
expect 0 "sealift's form counts inside a bundle" verify b.tar
must cms keyid.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem -keyid
must planted keyid.p7s
reason bad-signature "signature-reworded: a signer named by key id is refused inside" verify b.tar
expect 0 "it counts as a separate file" verify --signature keyid.p7s unsigned.tar
expect 0 "it counts when attached" attached keyid.p7s
cat issuing.pem root.pem >both.pem
must cms root.p7s -signer signer.pem -inkey signer.key -certfile both.pem
must planted root.p7s
reason bad-signature "signature-reworded: a signature with the root is refused inside" verify b.tar
expect 0 "the signature with the root counts when attached" attached root.p7s
cat issuing.pem plain.pem >both.pem
must cms extra.p7s -signer signer.pem -inkey signer.key -certfile both.pem
fresh
must sealift attach -q b.tar extra.p7s
reason bad-signature "signature-reworded: an unrelated certificate is refused" verify b.tar
must cms pss.p7s -signer rsa.pem -inkey rsa.key -certfile issuing.pem \
    -keyopt rsa_padding_mode:pss
fresh
expect 7 "refuses to attach RSA-PSS" sealift attach b.tar pss.p7s
check "the message has the algorithm" \
    grep -q 'uses an algorithm that is not allowed inside a bundle' "$err"
# openssl accepts each of these; sealift does not.
must cms two.p7s -signer signer.pem -inkey signer.key -signer rsa.pem -inkey rsa.key \
    -certfile issuing.pem
must cms bare.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem -noattr
must cms mail.p7s -signer mail.pem -inkey mail.key -certfile issuing.pem
must cms plain.p7s -signer plain.pem -inkey plain.key -certfile issuing.pem
must cms inside.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem -nodetach
must cms alone.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem -nocerts
must cms sha1.p7s -signer signer.pem -inkey signer.key -certfile issuing.pem -md sha1
openssl cms -sign -binary -in list -outform DER -signer signer.pem -inkey signer.key \
    -certfile issuing.pem -out elsewhere.p7s
head -c 900 theirs.p7s >cut.p7s
cat theirs.p7s list >longer.p7s
fresh
must forget_requests target
for bad in two bare mail plain inside alone sha1 elsewhere cut longer; do
    reason bad-signature "certificate-invalid: a signature that is $bad is refused" \
        sealift import --trust store --signature "$bad.p7s" b.tar "$target"
done
for bad in two bare mail elsewhere; do
    expect 7 "refuses to attach a signature that is $bad" sealift attach b.tar "$bad.p7s"
done
check "the bundle is unchanged" cmp b.tar unsigned.tar
check_equal "no request reached the registry" 0 "$(requests target)"

if command -v certtool >/dev/null 2>&1; then
    certtool_verify() {
        certtool --p7-verify --inder --infile "$1" --load-data tosign \
            --load-ca-certificate root.pem
    }
    expect 0 "certtool verifies the signature" certtool_verify signer.p7s
    cat signer.pem issuing.pem >chain.pem
    if certtool --p7-detached-sign --p7-time --load-certificate chain.pem \
        --load-privkey signer.key --infile tosign --outder --outfile gnutls.p7s 2>certtool.log; then
        expect 0 "accepts a signature by certtool" attached gnutls.p7s
    else
        fail "certtool signs" "$(cat certtool.log)"
    fi
else
    skip "GnuTLS and sealift verify each other's signatures" "certtool is not installed"
fi

done_testing
