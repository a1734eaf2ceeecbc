/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/crypto/hash.h"
#include "tests/unit/pki_keys.h"
#include "trust/signature.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

/* The parts of a signature file, to be put together rightly or wrongly. */
#define TYPE     "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\""
#define ID       "he/MQEas61MVsVlbAHRvst2Ddgbo3CIRv5gr4f+kfz0="
#define SUM      "WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="
#define HINT     "\"publicKey\":{\"hint\":\"" ID "\"}"
#define MATERIAL "\"verificationMaterial\":{" HINT "}"
#define DIGEST   "\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"" SUM "\"}"
#define RAW      "\"signature\":\"c2VhbGlmdA==\""
#define MESSAGE  "\"messageSignature\":{" DIGEST "," RAW "}"

/* A file with another verificationMaterial, or another messageSignature. */
#define WITH_MATERIAL(m) "{" TYPE ",\"verificationMaterial\":{" m "}," MESSAGE "}"
#define WITH_MESSAGE(m)  "{" TYPE "," MATERIAL ",\"messageSignature\":{" m "}}"

static int
parse(struct signature *out, const char *text, struct err *err)
{
    return signature_parse(out, text, strlen(text), err);
}

static void
parses_a_valid_file(void **state)
{
    static const struct {
        const char *text;
        bool has_hint, has_digest;
    } table[] = {
        {"{" TYPE "," MATERIAL "," MESSAGE "}", true, true},
        {"{" MESSAGE "," MATERIAL "," TYPE "}\n", true, true},
        /* Written by cosign, with blanks after commas. */
        {"{ " TYPE ", " MATERIAL ", " MESSAGE " }", true, true},
        {WITH_MATERIAL(HINT ",\"tlogEntries\":[]"), true, true},
        {WITH_MATERIAL(HINT ",\"timestampVerificationData\":{}"), true, true},
        {WITH_MATERIAL(HINT ",\"timestampVerificationData\":{\"rfc3161Timestamps\":[]}"),
         true, true},
        {WITH_MATERIAL("\"publicKey\":{}"), false, true},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":\"\"}"), false, true},
        {WITH_MESSAGE(RAW), true, false},
        {WITH_MESSAGE("\"messageDigest\":{}," RAW), true, false},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"\",\"digest\":\"\"}," RAW),
         true, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(parse(&s, table[i].text, &err), 0);
        assert_int_equal(s.has_hint, table[i].has_hint);
        assert_int_equal(s.has_digest, table[i].has_digest);
        assert_int_equal(s.raw.len, 7);
        assert_memory_equal(s.raw.data, "sealift", 7);
        assert_int_equal(err.kind, ERR_NONE);
        if (s.has_hint)
            assert_memory_equal(s.hint.raw, "\x85\xef\xcc\x40", 4);
        if (s.has_digest)
            assert_memory_equal(s.digest.raw, "\x58\x91\xb5\xb5", 4);
    }
}

struct bad {
    const char *text, *message;
};

static void
assert_refused(const struct bad *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct signature s = SIGNATURE_INIT, before = s;
        struct err err = ERR_INIT;

        assert_int_equal(parse(&s, table[i].text, &err), -1);
        assert_int_equal(err.kind, ERR_TRUST);
        assert_string_equal(err_reason_word(err.reason), "bad-signature");
        if (!strstr(err.msg, table[i].message))
            fail_msg("'%s' instead of '%s'", err.msg, table[i].message);
        assert_memory_equal(&s, &before, sizeof(s));
    }
}

static void
distinguishes_other_kinds_of_files(void **state)
{
    static const struct bad table[] = {
        {"{" TYPE "," MATERIAL ",\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":"
         "\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"c2VhbGlmdA==\"}]}}",
         "DSSE"},
        /* An attestation may not ride along with a signature either. */
        {"{" TYPE "," MATERIAL "," MESSAGE ",\"dsseEnvelope\":{}}", "DSSE"},
        {"{\"base64Signature\":\"c2VhbGlmdA==\",\"cert\":\"LS0tLS1CRUdJTg==\"}",
         "cosign's old format"},
        {"{\"base64Signature\":\"c2VhbGlmdA==\"}", "cosign's old format"},
        {"{" TYPE "," MATERIAL "," MESSAGE ",\"cert\":\"LS0tLS1CRUdJTg==\"}",
         "cosign's old format"},
        {WITH_MATERIAL("\"certificate\":{\"rawBytes\":\"MIIB\"}"), "certificate"},
        {WITH_MATERIAL(HINT ",\"certificate\":{\"rawBytes\":\"MIIB\"}"), "certificate"},
        {WITH_MATERIAL("\"x509CertificateChain\":{\"certificates\":[]}"), "certificate"},
        {WITH_MATERIAL(HINT ",\"tlogEntries\":[{}]"), "log entries"},
        {WITH_MATERIAL(HINT ",\"tlogEntries\":{}"), "log entries"},
        {WITH_MATERIAL(HINT
                       ",\"timestampVerificationData\":{\"rfc3161Timestamps\":[{}]}"),
         "timestamps"},
        {WITH_MATERIAL(HINT ",\"timestampVerificationData\":[]"), "timestamps"},
        {WITH_MATERIAL(HINT ",\"timestampVerificationData\":{\"other\":[]}"),
         "timestamps"},
    };

    (void)state;
    assert_refused(table, COUNT_OF(table));
}

static void
refuses_deviations(void **state)
{
    static const struct bad table[] = {
        {"", "not valid JSON"},
        {"[]", "JSON is not an object"},
        {"{" TYPE "," MATERIAL "," MESSAGE "}x", "not valid JSON"},
        {"{" TYPE "," TYPE "," MATERIAL "," MESSAGE "}", "duplicate"},
        {"{}", "not a sigstore bundle"},
        {"{\"mediaType\":3," MATERIAL "," MESSAGE "}", "not a sigstore bundle"},
        {"{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.4+json\"," MATERIAL
         "," MESSAGE "}",
         "not a sigstore bundle"},
        {"{" TYPE "," MATERIAL "," MESSAGE ",\"comment\":\"hi\"}", "'comment'"},
        {"{" TYPE "," MATERIAL "," MESSAGE ",\"MediaType\":\"x\"}", "'MediaType'"},
        {"{" TYPE "," MATERIAL "," MESSAGE ",\"\\u001b[31m\":1}", "'\\x1b[31m'"},
        {"{" TYPE "," MESSAGE "}", "no verificationMaterial"},
        {"{" TYPE ",\"verificationMaterial\":[]," MESSAGE "}", "no verificationMaterial"},
        {"{" TYPE "," MATERIAL "}", "no messageSignature"},
        {WITH_MATERIAL(""), "made with a public key"},
        {WITH_MATERIAL("\"publicKey\":\"x\""), "made with a public key"},
        {WITH_MATERIAL(HINT ",\"other\":1"), "'other'"},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":\"" ID "\",\"rawBytes\":\"\"}"),
         "'rawBytes'"},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":7}"), "hint that is not a string"},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":\"my-key\"}"), "not a key id"},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":\"c2VhbGlmdA==\"}"), "not a key id"},
        {WITH_MATERIAL("\"publicKey\":{\"hint\":\" " ID "\"}"), "not a key id"},
        /* The last character differs in bits that belong to no byte. */
        {WITH_MATERIAL("\"publicKey\":{\"hint\":"
                       "\"he/MQEas61MVsVlbAHRvst2Ddgbo3CIRv5gr4f+kfz1=\"}"),
         "not a key id"},
        {WITH_MESSAGE(DIGEST), "no signature in its"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"\""), "no signature in its"},
        {WITH_MESSAGE(DIGEST ",\"signature\":null"), "no signature in its"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"c2VhbGlmdA=\""), "canonical base64"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"c2VhbGlmdA\""), "canonical base64"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"c2VhbGlmdB==\""), "canonical base64"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"c2Vh\\nbGlmdA==\""), "canonical base64"},
        {WITH_MESSAGE(DIGEST ",\"signature\":\"c2Vh-GlmdA==\""), "canonical base64"},
        {WITH_MESSAGE(DIGEST "," RAW ",\"other\":1"), "'other'"},
        {WITH_MESSAGE("\"messageDigest\":\"" SUM "\"," RAW), "not an object"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":1}," RAW), "not a string"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA2_256\"}," RAW),
         "base64 of such a digest"},
        {WITH_MESSAGE("\"messageDigest\":{\"digest\":\"" SUM "\"}," RAW),
         "not SHA2_256, 384 or 512"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA2_384\",\"digest\":\"" SUM
                      "\"}," RAW),
         "base64 of such a digest"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA1\",\"digest\":\"" SUM
                      "\"}," RAW),
         "not SHA2_256, 384 or 512"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA2_224\",\"digest\":\"" SUM
                      "\"}," RAW),
         "not SHA2_256, 384 or 512"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":"
                      "\"c2VhbGlmdA==\"}," RAW),
         "base64 of such a digest"},
        {WITH_MESSAGE("\"messageDigest\":{\"algorithm\":\"SHA2_256\",\"digest\":\"" SUM
                      "\",\"other\":1}," RAW),
         "'other'"},
    };

    (void)state;
    assert_refused(table, COUNT_OF(table));
}

static void
accepts_the_longest_signature_and_no_longer_one(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        CLEANUP(buf_release) struct buf encoded = BUF_INIT(2048), text = BUF_INIT(4096);
        CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
        unsigned char raw[PKI_SIGNATURE_MAX + 1] = {1};
        struct err err = ERR_INIT;
        int rc;

        assert_int_equal(base64_encode(raw, PKI_SIGNATURE_MAX + extra, &encoded), 0);
        assert_int_equal(
            buf_addf(&text, WITH_MESSAGE(DIGEST ",\"signature\":\"%s\""), encoded.data),
            0);
        rc = parse(&s, text.data, &err);
        assert_int_equal(rc, extra == 0 ? 0 : -1);
        assert_int_equal(s.raw.len, extra == 0 ? PKI_SIGNATURE_MAX : 0);
    }
}

static void
writes_one_compact_line(void **state)
{
    static const char *const keys[] = {EC_PKCS8, ED, RSA_PKCS8};
    static const char bytes[] = "{\"schemaVersion\":2}";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        CLEANUP(buf_release) struct buf file = BUF_INIT(4096), expected = BUF_INIT(4096);
        CLEANUP(buf_release) struct buf hint = BUF_INIT(64), sum = BUF_INIT(64);
        CLEANUP(buf_release) struct buf raw = BUF_INIT(2048);
        CLEANUP(signature_release) struct signature s = SIGNATURE_INIT;
        CLEANUP(pki_release) struct pki_key *key = NULL;
        char name[SIGNATURE_NAME_MAX], id[2 * DIGEST_RAW_MAX + 1];
        struct err err = ERR_INIT;
        struct digest digest;

        key = pki_private(keys[i], strlen(keys[i]), "key", NULL, &err);
        assert_non_null(key);
        assert_int_equal(signature_make(key, bytes, strlen(bytes), &file, name, &err), 0);

        digest_hex(pki_id(key), id);
        assert_int_equal(strncmp(name, id, 16), 0);
        assert_string_equal(name + 16, ".sigstore.json");

        assert_int_equal(parse(&s, file.data, &err), 0);
        assert_true(s.has_hint && digest_equal(&s.hint, pki_id(key)));
        assert_int_equal(hash_bytes(DIGEST_SHA256, bytes, strlen(bytes), &digest, &err),
                         0);
        assert_true(s.has_digest && digest_equal(&s.digest, &digest));
        assert_true(pki_verify(key, bytes, strlen(bytes), s.raw.data, s.raw.len));

        assert_int_equal(base64_encode(s.hint.raw, 32, &hint), 0);
        assert_int_equal(base64_encode(digest.raw, 32, &sum), 0);
        assert_int_equal(base64_encode(s.raw.data, s.raw.len, &raw), 0);
        assert_int_equal(
            buf_addf(
                &expected,
                "{" TYPE ",\"verificationMaterial\":{\"publicKey\":{\"hint\":\"%s\"}},"
                "\"messageSignature\":{\"messageDigest\":{\"algorithm\":\"SHA2_256\","
                "\"digest\":\"%s\"},\"signature\":\"%s\"}}",
                hint.data, sum.data, raw.data),
            0);
        assert_string_equal(file.data, expected.data);
    }
}

static void
reports_a_file_that_does_not_fit(void **state)
{
    CLEANUP(buf_release) struct buf small = BUF_INIT(100);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    char name[SIGNATURE_NAME_MAX] = "untouched";
    struct err err = ERR_INIT;

    (void)state;
    key = pki_private(ED, strlen(ED), "key", NULL, &err);
    assert_int_equal(signature_make(key, "{}", 2, &small, name, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_string_equal(name, "untouched");
}

static void
accepts_a_raw_signature_that_starts_like_json(void **state)
{
    CLEANUP(signature_bare_release) struct signature_bare bare = SIGNATURE_BARE_INIT;
    static const char raw[] = "{\x16\xf3 and sixty more";
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(signature_bare(&bare, raw, strlen(raw), &err), 0);
    assert_int_equal(bare.count, 1);
    assert_int_equal(bare.items[0].len, strlen(raw));
    assert_memory_equal(bare.items[0].data, raw, strlen(raw));

    assert_int_equal(signature_bare(&bare, "{}", 2, &err), -1);
    assert_int_equal(err.kind, ERR_TRUST);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_a_valid_file),
        cmocka_unit_test(distinguishes_other_kinds_of_files),
        cmocka_unit_test(refuses_deviations),
        cmocka_unit_test(accepts_the_longest_signature_and_no_longer_one),
        cmocka_unit_test(writes_one_compact_line),
        cmocka_unit_test(reports_a_file_that_does_not_fit),
        cmocka_unit_test(accepts_a_raw_signature_that_starts_like_json),
    };

    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
