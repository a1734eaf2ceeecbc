/* SPDX-License-Identifier: Apache-2.0 */
/* The one form of a signature by certificate: what we make has it, what others make can
 * be given it, and in it no bit can change. */
#include "config.h"
#include "tests/unit/unit.h"

#include "io/crypto/hash.h"
#include "io/crypto/pki_cms.h"
#include "io/crypto/pki_cms_sign.h"
#include "tests/unit/pki_certificates.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_chain.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

static const char MESSAGE[] = "{\"schemaVersion\":2}";

enum { SAMPLE = 31 }; /* one bit in so many, unless all are asked for */

static void
add(struct pki_certs *certs, const char *pem)
{
    struct err err = ERR_INIT;

    assert_int_equal(pki_certs_add(certs, pem, strlen(pem), "test.pem", &err), 0);
}

static void
decode(struct buf *out, const char *text)
{
    *out = (struct buf)BUF_INIT(PKI_CMS_MAX);
    assert_int_equal(base64_decode(text, strlen(text), out), 0);
}

/* Signed by us: with the certificates of the chain, and perhaps one more. */
static void
sign(struct buf *out, const char *private_pem, const char *certificate, const char *more)
{
    CLEANUP(pki_release) struct pki_key *key = NULL;
    CLEANUP(pki_certs_release) struct pki_certs *certs = pki_certs_new();
    struct err err = ERR_INIT;

    key = pki_private(private_pem, strlen(private_pem), "key", NULL, &err);
    assert_non_null(key);
    add(certs, certificate);
    add(certs, ISSUING);
    if (more)
        add(certs, more);
    *out = (struct buf)BUF_INIT(PKI_CMS_MAX);
    assert_int_equal(pki_cms_sign(key, certs, MESSAGE, strlen(MESSAGE), out, &err), 0);
}

static struct pki_cms *
open_cms(const struct buf *der)
{
    struct pki_payload payload = pki_payload(MESSAGE, strlen(MESSAGE));
    struct err err = ERR_INIT;

    return pki_cms_open(der->data, der->len, &payload, &err);
}

/* Judge a file in a bundle, with ROOT as the authority. */
static bool
counts(const struct buf *der, bool has_issuing)
{
    CLEANUP(pki_cms_release) struct pki_cms *cms = open_cms(der);
    CLEANUP(pki_certs_release) struct pki_certs *anchors = pki_certs_new();
    CLEANUP(pki_certs_release) struct pki_certs *between = pki_certs_new();
    CLEANUP(pki_certs_release) struct pki_certs *none = pki_certs_new();
    const struct pki_authority authority = {
        .anchors = anchors, .intermediates = between, .crls = none};
    struct pki_chain chain;
    struct err err = ERR_INIT;

    add(anchors, ROOT);
    if (has_issuing)
        add(between, ISSUING);
    return cms && pki_cms_is_canonical(cms, der->data, der->len) &&
           pki_cms_chain(cms, &authority, &chain, &err) == 0 && !chain.has_extras;
}

static void
accepts_own_signatures(void **state)
{
    static const struct {
        const char *key, *certificate, *more;
    } table[] = {
        {EC_PKCS8, EC_SIGNER, NULL},         {RSA_PKCS8, RSA_SIGNER, NULL},
        {EC_PKCS8, EC_SIGNER, ROOT},      /* which is not sent along */
        {EC_PKCS8, EC_SIGNER, EC_SIGNER}, /* repeated in the chain */
        {RSA_PKCS8, RSA_SIGNER, RSA_SIGNER}, {EC_PKCS8, EC_SIGNER, ISSUING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf der;

        sign(&der, table[i].key, table[i].certificate, table[i].more);
        assert_true(counts(&der, false));
        assert_true(counts(&der, true));
    }
}

static void
leaves_out_certificates_of_other_chains(void **state)
{
    CLEANUP(buf_release) struct buf der;

    (void)state;
    sign(&der, EC_PKCS8, EC_SIGNER, ELSEWHERE);
    assert_false(counts(&der, false));
}

/* Whether the reader has the certificate between or takes it from the file. */
static void
refuses_any_flipped_bit(void **state)
{
    static const char *const pairs[][2] = {{EC_PKCS8, EC_SIGNER},
                                           {RSA_PKCS8, RSA_SIGNER}};
    const char *tests = getenv("SEALIFT_TESTS");
    size_t step = tests && strcmp(tests, "long") == 0 ? 1 : SAMPLE;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CLEANUP(buf_release) struct buf der;

        sign(&der, pairs[i][0], pairs[i][1], NULL);
        for (size_t bit = 0; bit < 8 * der.len; bit += step) {
            der.data[bit / 8] ^= (char)(1 << bit % 8);
            if (counts(&der, bit % 2 == 1))
                fail_msg("bit %zu of signature %zu flipped, and accepted", bit, i);
            der.data[bit / 8] ^= (char)(1 << bit % 8);
        }
        assert_true(counts(&der, false));
    }
}

/* The length of the whole, written with a byte more. */
static void
refuses_ber(void **state)
{
    CLEANUP(buf_release) struct buf der, ber = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(pki_cms_release) struct pki_cms *cms = NULL;

    (void)state;
    sign(&der, EC_PKCS8, EC_SIGNER, NULL);
    assert_memory_equal(der.data, "\x30\x82", 2);
    assert_int_equal(buf_add(&ber, "\x30\x83\0", 3), 0);
    assert_int_equal(buf_add(&ber, der.data + 2, der.len - 2), 0);
    cms = open_cms(&ber);
    assert_non_null(cms);
    assert_false(counts(&ber, false));
}

/* Good as they are, and good in our form, which is another one. */
static void
normalises_signatures_of_other_tools(void **state)
{
    static const char *const table[] = {CMS_THEIRS, CMS_KEYID, CMS_ROOT};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf der, form = BUF_INIT(PKI_CMS_MAX);
        CLEANUP(pki_cms_release) struct pki_cms *cms = NULL;
        struct err err = ERR_INIT;

        decode(&der, table[i]);
        cms = open_cms(&der);
        assert_non_null(cms);
        assert_int_equal(pki_cms_render(cms, &form, &err), 0);
        assert_true(counts(&form, false));
        if (i > 0) /* SHA-384 and one more attribute change nothing */
            assert_false(counts(&der, false));
    }
}

static void
accepts_signatures_by_openssl_unchanged(void **state)
{
    static const char *const table[] = {CMS_THEIRS, CMS_RSA};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(buf_release) struct buf der;

        decode(&der, table[i]);
        assert_true(counts(&der, false));
    }
}

/* Good as they are, but not in our form: RSA with PSS, another type of content. */
static void
refuses_what_cannot_be_normalised(void **state)
{
    CLEANUP(buf_release) struct buf pss, content, form = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(pki_cms_release) struct pki_cms *by_pss = NULL, *of_content = NULL;
    struct err err = ERR_INIT;

    (void)state;
    decode(&pss, CMS_PSS);
    by_pss = open_cms(&pss);
    assert_non_null(by_pss);
    assert_false(counts(&pss, false));
    assert_int_equal(pki_cms_render(by_pss, &form, &err), 0);
    assert_null(open_cms(&form));

    decode(&content, CMS_CONTENT);
    of_content = open_cms(&content);
    assert_non_null(of_content);
    assert_false(counts(&content, false));
    assert_int_equal(pki_cms_render(of_content, &form, &err), -1);
    assert_int_equal(err.kind, ERR_TRUST);
    assert_string_equal(err_reason_word(err.reason), "bad-signature");
}

static void
detects_extra_content(void **state)
{
    CLEANUP(buf_release) struct buf der, form = BUF_INIT(PKI_CMS_MAX);
    CLEANUP(pki_cms_release) struct pki_cms *cms = NULL;
    struct err err = ERR_INIT;

    (void)state;
    decode(&der, CMS_EXTRA);
    cms = open_cms(&der);
    assert_non_null(cms);
    assert_int_equal(pki_cms_render(cms, &form, &err), 0);
    assert_false(counts(&form, false));
}

/* The payload is hashed once, whatever is checked over it. */
static void
hashes_once_for_many_signatures(void **state)
{
    CLEANUP(buf_release) struct buf der;
    struct pki_payload payload = pki_payload(MESSAGE, strlen(MESSAGE));
    struct pki_payload other = pki_payload("other", 5);

    (void)state;
    sign(&der, EC_PKCS8, EC_SIGNER, NULL);
    for (size_t i = 0; i < 64; i++) {
        struct err err = ERR_INIT;
        struct pki_cms *cms = pki_cms_open(der.data, der.len, &payload, &err);

        assert_non_null(cms);
        pki_cms_free(cms);
        assert_null(pki_cms_open(der.data, der.len, &other, &err));
        assert_string_equal(err_reason_word(err.reason), "bad-signature");
    }
    assert_int_equal(payload.hashed, strlen(MESSAGE));
    assert_int_equal(other.hashed, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_own_signatures),
        cmocka_unit_test(leaves_out_certificates_of_other_chains),
        cmocka_unit_test(refuses_any_flipped_bit),
        cmocka_unit_test(refuses_ber),
        cmocka_unit_test(normalises_signatures_of_other_tools),
        cmocka_unit_test(accepts_signatures_by_openssl_unchanged),
        cmocka_unit_test(refuses_what_cannot_be_normalised),
        cmocka_unit_test(detects_extra_content),
        cmocka_unit_test(hashes_once_for_many_signatures),
    };

    return cmocka_run_group_tests_name("pki_cms", tests, NULL, NULL);
}
