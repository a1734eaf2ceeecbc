#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sign.sh - several signatures: in place, in separate files, made elsewhere.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart --only index
references source >"$work/list"
target=$(address_of target)/mirror
cd "$work" || exit 99
umask 077
for who in alice bob stranger; do
    must make_key "$who" ecdsa
done
must make_key edith ed25519
{
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072 -out rita.key
    openssl pkey -in rita.key -pubout -out rita.pub
} 2>openssl.log || fail "openssl makes an RSA key" "$(cat openssl.log)"
must sealift export -q --unsigned -o unsigned.tar -f list
must forget_requests target

# fresh: an unsigned bundle to work on.
fresh() {
    cp unsigned.tar b.tar
}
members() {
    tar -tf "$1" | grep '^signatures/' | grep -v '\.pad$'
}
id16() {
    openssl pkey -pubin -in "$1.pub" -outform DER | sha256sum | cut -c 1-16
}
# outside FILE: its bytes without the signature area.
outside() {
    python3 - "$1" <<'PYTHON'
import sys, tarfile
data = open(sys.argv[1], "rb").read()
names = {m.name: m for m in tarfile.open(sys.argv[1])}
start = min(m.offset for n, m in names.items() if n.startswith("signatures/"))
end = names["SHA256SUMS"].offset
sys.stdout.buffer.write(data[:start] + data[end:])
PYTHON
}

# --- any file ----------------------------------------------------------------------------

head -c 3000000 /dev/urandom >release.tar.xz
for who in alice edith rita; do
    expect 0 "signs a file as $who" \
        sealift sign --key "$who.key" --file release.tar.xz --sig-out "release.$who.sig"
    expect 0 "the signature of a file counts, $who" sealift verify --json --key "$who.pub" \
        --file release.tar.xz --signature "release.$who.sig"
    check_equal "the result has the digest" "sha256:$(sha256sum <release.tar.xz | cut -d' ' -f1)" \
        "$(field "$out" 'd["digest"]')"
done
expect 12 "a signature file is not replaced" \
    sealift sign --key alice.key --file release.tar.xz --sig-out release.alice.sig
python3 -c 'import base64, json, sys
sys.stdout.buffer.write(base64.b64decode(json.load(open(sys.argv[1]))["messageSignature"]["signature"]))' \
    release.alice.sig >raw
check "openssl accepts the signature of a file" \
    openssl dgst -sha256 -verify alice.pub -signature raw release.tar.xz
expect 7 "refuses a file that a stranger signed" \
    sealift verify --key bob.pub --file release.tar.xz --signature release.alice.sig
expect 2 "a file needs a signature beside it" sealift verify --key bob.pub --file release.tar.xz
expect 2 "there is no room for one inside" sealift sign --key bob.key --file release.tar.xz
expect 2 "a file and a bundle are two commands" \
    sealift verify --key bob.pub --file release.tar.xz --signature release.alice.sig unsigned.tar
expect 2 "options about bundles are refused" sealift verify --key bob.pub --layers \
    --file release.tar.xz --signature release.alice.sig
echo >>release.tar.xz
expect 7 "refuses a file that was changed" \
    sealift verify --key alice.pub --file release.tar.xz --signature release.alice.sig
check "the message says so" grep -q 'did not sign these bytes' "$err"
: >empty
expect 0 "signs an empty file" sealift sign -q --key edith.key --file empty --sig-out empty.sig
expect 0 "which verifies" sealift verify -q --key edith.pub --file empty --signature empty.sig
truncate -s 1100000000 vast
expect 11 "a file has at most 1 GiB" \
    sealift sign --key alice.key --file vast --sig-out vast.sig

# --- in place ----------------------------------------------------------------------------

fresh
before=$(outside b.tar | sha256sum)
must tar -xf unsigned.tar index.json
for who in alice edith rita; do
    expect 0 "signs as $who" sealift sign --key "$who.key" b.tar
    expect 0 "her signature counts" sealift verify --key "$who.pub" b.tar
done
check_equal "each signature has its own member" \
    "$(for who in alice edith rita; do echo "signatures/$(id16 "$who").sigstore.json"; done)" \
    "$(members b.tar)"
check_equal "the size is unchanged" "$(stat -c %s unsigned.tar)" "$(stat -c %s b.tar)"
check_equal "bytes outside the signature area are unchanged" \
    "$before" "$(outside b.tar | sha256sum)"
cp b.tar signed.tar
expect 0 "signing again succeeds" sealift sign --key alice.key --json b.tar
check_equal "the message says that nothing changed" True "$(field "$out" 'd["wasThere"]')"
check "the bundle is unchanged" cmp b.tar signed.tar
expect 7 "no signature counts for another key" sealift verify --key stranger.pub b.tar
expect 0 "the bundle can be imported" sealift import -q --key rita.pub b.tar "$target"
must forget_requests target

# Cut into volumes, smaller than sealift makes them, so that one ends in the signature area.
must split -b 20480 -a 3 --numeric-suffixes=1 unsigned.tar cut.
expect 0 "signs volumes" sealift sign --key alice.key cut
expect 0 "the volumes verify" sealift verify -q --key alice.pub cut
mkdir one two
must split -b 20480 -a 3 --numeric-suffixes=1 unsigned.tar one/cut.
mv one/cut.001 two
expect 0 "payload reads volumes in two folders" sealift payload one/cut.* two/cut.001
check "it equals that of the bundle" cmp "$out" index.json
expect 0 "digest does too" sealift digest one/cut.* two/cut.001
expect 6 "one folder alone lacks a volume" sealift sign --key alice.key one/cut
expect 0 "signs volumes named one by one" sealift sign --key alice.key one/cut.* two/cut.001
mv two/cut.001 one
expect 0 "the signature counts" sealift verify -q --key alice.pub one/cut
check "the rest of the bundle is unchanged" test "$before" = \
    "$(cat one/cut.* >joined.tar && outside joined.tar | sha256sum)"
openssl dgst -sha256 -sign bob.key -out bob.der index.json
expect 0 "attaches to volumes" sealift attach --key bob.pub one/cut.002 bob.der
expect 0 "the attached signature counts too" sealift verify -q --key bob.pub one/cut
# Cut inside the header that makes a signature count.
must split -b "$(($(grep -abo -m1 'signatures/\.pad' unsigned.tar | head -n 1 | cut -d : -f 1) + 100))" \
    -a 3 --numeric-suffixes=1 unsigned.tar odd.
sha256sum odd.* >odd
expect 2 "refuses volumes with a boundary inside a block" sealift sign --key alice.key odd.001
check "the volumes are unchanged" sha256sum --quiet -c odd
check "a hint says how to proceed" grep -q '^hint: --sig-out' "$err"
expect 0 "the hinted command works" sealift sign --key alice.key --sig-out odd.sig odd.001
expect 0 "its signature counts" sealift verify -q --key alice.pub --signature odd.sig odd.001

# A file with the right name and other content.
fresh
must sealift sign -q --key alice.key b.tar
python3 - b.tar <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b'"signature":"') + 20
data[at] = ord("A") if data[at] != ord("A") else ord("B")
open(sys.argv[1], "wb").write(data)
PYTHON
cp b.tar spoilt.tar
expect 12 "refuses a damaged signature in the area" sealift sign --key alice.key b.tar
check "the damaged bundle is unchanged" cmp b.tar spoilt.tar

# Until the signature area is full.
fresh
number=0
while [ "$number" -lt 70 ] && sealift sign -q --key bob.key b.tar 2>"$err"; do
    must make_key bob ecdsa
    number=$((number + 1))
done
check "there is room for 20 signatures and more" test "$number" -ge 20
expect 11 "the signature area is full then" sealift sign --key bob.key b.tar
check "a hint says what to do" grep -q '^hint: --sig-out' "$err"
expect 0 "the full bundle verifies" sealift verify -q --insecure-skip-verify b.tar

# --- interrupted -------------------------------------------------------------------------

# A killed sign leaves data in the pad.
fresh
python3 - b.tar <<'PYTHON'
import sys, tarfile
pad = tarfile.open(sys.argv[1]).getmember("signatures/.pad")
with open(sys.argv[1], "r+b") as bundle:
    bundle.seek(pad.offset_data + 700)
    bundle.write(b"half a signature")
PYTHON
expect 6 "detects an interrupted sign" \
    sealift import --json --key alice.pub b.tar "$target"
check_equal "the reason is interrupted-sign" \
    interrupted-sign "$(field "$out" 'd["error"]["reason"]')"
expect 0 "the next sign repairs it" sealift sign --key alice.key b.tar
expect 0 "the repaired bundle verifies" sealift verify -q --key alice.pub b.tar

lock_and_sign() {
    flock "$1" "$SEALIFT" sign --key alice.key "$1"
}
fresh
expect 12 "signs with two keys at once" lock_and_sign b.tar
check "a signature that exists changes nothing" cmp b.tar unsigned.tar

# --- beside the bundle -------------------------------------------------------------------

fresh
expect 0 "sign --sig-out succeeds" sealift sign --key alice.key --sig-out alice.sig b.tar
check "the bundle is unchanged" cmp b.tar unsigned.tar
expect 12 "an existing file is not replaced" sealift sign --key alice.key --sig-out alice.sig b.tar
expect 7 "without the file the bundle is unsigned" sealift verify --key alice.pub b.tar
expect 0 "verify --signature succeeds" sealift verify --key alice.pub --signature alice.sig b.tar
expect 7 "the signature does not count for another key" \
    sealift verify --key bob.pub --signature alice.sig b.tar
check "the message names the file" grep -q "'alice.sig'" "$err"
expect 0 "import --signature succeeds" \
    sealift import -q --key alice.pub --signature alice.sig b.tar "$target"
expect 9 "fails on a signature file that does not exist" \
    sealift verify --key alice.pub --signature none b.tar
head -c 70000 /dev/zero >large
expect 11 "fails on a signature file that is too large" \
    sealift verify --key alice.pub --signature large b.tar
expect 0 "export --sig-out succeeds" \
    sealift export -q --key alice.key --sig-out export.sig -o exported.tar -f list
check_equal "the bundle has no signature" "" "$(members exported.tar)"
expect 0 "the separate signature counts" \
    sealift verify -q --key alice.pub --signature export.sig exported.tar
expect 12 "neither file is replaced" \
    sealift export -q --key alice.key --sig-out export.sig -o other.tar -f list
must forget_requests target

# --- made elsewhere ----------------------------------------------------------------------

# not_attached NAME FILE KEY: refused for its signature, and nothing is written.
not_attached() {
    cp unsigned.tar b.tar
    expect 7 "$1" sealift attach --key "$3.pub" b.tar "$2"
    check "the bundle is unchanged" cmp b.tar unsigned.tar
}

fresh
sealift payload b.tar >tosign
tar -xOf b.tar index.json >extracted
check "payload is index.json" cmp extracted tosign
check_equal "digest prints its digest in groups" "$(sha256sum <tosign | cut -d ' ' -f 1)" \
    "$(sealift digest b.tar | tr -d ' \n')"
openssl dgst -sha256 -sign alice.key -out alice.der tosign
openssl base64 -in alice.der -out alice.b64
openssl pkeyutl -sign -inkey edith.key -rawin -in tosign -out edith.raw
openssl dgst -sha256 -sign rita.key -out rita.raw tosign
expect 0 "attaches signatures by openssl" sealift attach --key alice.pub --key edith.pub \
    --key rita.pub b.tar alice.der edith.raw rita.raw
for who in alice edith rita; do
    expect 0 "the signature of $who counts" sealift verify -q --key "$who.pub" b.tar
done
cp b.tar signed.tar
expect 0 "attaches a signature in base64 that exists already" \
    sealift attach --key alice.pub b.tar alice.b64
check "the bundle is unchanged" cmp b.tar signed.tar
fresh
expect 0 "attaches the file of --sig-out" sealift attach --key alice.pub b.tar alice.sig
expect 0 "the result equals sign" sealift verify -q --key alice.pub b.tar
fresh
expect 7 "refuses one bad signature among valid ones" \
    sealift attach --key alice.pub --key edith.pub b.tar alice.der rita.raw edith.raw
check "none of them is attached" cmp b.tar unsigned.tar
not_attached "refuses a signature by another key" alice.der bob
python3 - alice.der alice.p1363 <<'PYTHON'
import sys
der = open(sys.argv[1], "rb").read()
def number(at):
    return der[at + 2:at + 2 + der[at + 1]], at + 2 + der[at + 1]
r, at = number(2)
s, at = number(at)
open(sys.argv[2], "wb").write(r[-32:].rjust(32, b"\0") + s[-32:].rjust(32, b"\0"))
PYTHON
not_attached "refuses r and s without DER" alice.p1363 alice
openssl dgst -sha256 -sign alice.key -out other.der list
not_attached "refuses a signature over other bytes" other.der alice
sed 's/"messageSignature"/"dsseEnvelope"/' alice.sig >dsse.sig
not_attached "refuses a DSSE envelope" dsse.sig alice
: >empty
not_attached "refuses an empty file" empty alice

# --- keys that only verify -------------------------------------------------------------

# by_openssl NAME BITS: a signature over SHA-2 of so many bits, as a sigstore bundle.
by_openssl() {
    openssl dgst "-sha$2" -sign "$1.key" -out raw.sig tosign
    printf '{"mediaType":"%s","verificationMaterial":{"publicKey":{"hint":""}},' \
        application/vnd.dev.sigstore.bundle.v0.3+json
    printf '"messageSignature":{"messageDigest":{"algorithm":"SHA2_%s","digest":"%s"},' \
        "$2" "$(openssl dgst "-sha$2" -binary tosign | openssl base64 -A)"
    printf '"signature":"%s"}}' "$(openssl base64 -A -in raw.sig)"
}
{
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out cora.key
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out dora.key
    openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out nora.key
    for who in cora dora nora; do openssl pkey -in $who.key -pubout -out $who.pub; done
} 2>openssl.log || fail "openssl makes more keys" "$(cat openssl.log)"
for bits in 256 384 512; do
    by_openssl cora $bits >cora.json
    expect 0 "other-tools: a signature by openssl on P-384 with SHA-$bits counts" \
        sealift verify -q --key cora.pub --signature cora.json unsigned.tar
done
sed 's/SHA2_512/SHA2_256/' cora.json >wrong.json
expect 7 "it does not count when it names another digest" \
    sealift verify -q --key cora.pub --signature wrong.json unsigned.tar
by_openssl alice 384 >wrong.json
expect 7 "a signature on P-256 with SHA-384 does not count" \
    sealift verify -q --key alice.pub --signature wrong.json unsigned.tar
for pair in cora:384 dora:512; do
    who=${pair%:*}
    openssl dgst "-sha${pair#*:}" -sign "$who.key" -out raw.sig tosign
    fresh
    expect 0 "attaches a bare signature of $who" sealift attach --key "$who.pub" b.tar raw.sig
    expect 0 "the bare signature counts" sealift verify -q --key "$who.pub" b.tar
    expect 2 "signing with $who's key is refused" sealift sign --key "$who.key" b.tar
done
by_openssl nora 256 >nora.json
expect 0 "a signature by RSA with 2048 bits counts" \
    sealift verify -q --key nora.pub --signature nora.json unsigned.tar
check_equal "one warning is shown" 1 "$(grep -c 'warning: .*less than 3072 bits' "$err")"

check_equal "nothing that was refused reached the registry" 0 "$(writes target)"

done_testing
