/* SPDX-License-Identifier: Apache-2.0 */
/* One key has one id, however it is written, and wherever: revoked is revoked. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/pki_cms.h"
#include "io/crypto/pki_cms_sign.h"
#include "tests/unit/pki_key_forms.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_chain.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

#include <string.h>

static const char MESSAGE[] = "{\"schemaVersion\":2}";

static struct pki_certs *
load_certs(const char *first, const char *second)
{
    struct pki_certs *certs = pki_certs_new();
    struct err err = ERR_INIT;

    if (first)
        assert_int_equal(pki_certs_add(certs, first, strlen(first), "a.pem", &err), 0);
    if (second)
        assert_int_equal(pki_certs_add(certs, second, strlen(second), "b.pem", &err), 0);
    return certs;
}

static struct pki_key *
load_private(const char *pem)
{
    struct err err = ERR_INIT;
    struct pki_key *key = pki_private(pem, strlen(pem), "test.key", NULL, &err);

    assert_non_null(key);
    return key;
}

/* Id of a key that every tool encodes in this way. */
static void
id_of(const char *public_pem, struct digest *out)
{
    struct err err = ERR_INIT;
    CLEANUP(pki_release)
    struct pki_key *key = pki_public(public_pem, strlen(public_pem), "test.pub", &err);

    assert_non_null(key);
    *out = *pki_id(key);
}

/* A signature with these certificates; NULL: this one may not sign. */
static struct pki_cms *
sign_and_open(const char *private_pem, const char *leaf, const char *between)
{
    CLEANUP(pki_certs_release) struct pki_certs *certs = load_certs(leaf, between);
    CLEANUP(pki_release) struct pki_key *key = load_private(private_pem);
    CLEANUP(buf_release) struct buf der = BUF_INIT(PKI_CMS_MAX);
    struct pki_payload payload = pki_payload(MESSAGE, strlen(MESSAGE));
    struct err err = ERR_INIT;
    struct pki_cms *cms;

    if (pki_cms_check_signer(key, certs, "a.pem", &err) < 0)
        return NULL;
    assert_int_equal(pki_cms_sign(key, certs, MESSAGE, strlen(MESSAGE), &der, &err), 0);
    cms = pki_cms_open(der.data, der.len, &payload, &err);
    if (!cms)
        fail_msg("%s", err.msg);
    return cms;
}

static int
chain_of(const struct pki_cms *cms, struct pki_chain *out, struct err *err)
{
    CLEANUP(pki_certs_release) struct pki_certs *root = load_certs(ROOT_CERT, NULL);
    CLEANUP(pki_certs_release) struct pki_certs *none = load_certs(NULL, NULL);
    const struct pki_authority authority = {
        .anchors = root, .intermediates = none, .crls = none};

    return pki_cms_chain(cms, &authority, out, err);
}

static void
key_file_has_the_id_of_its_key(void **state)
{
    static const struct {
        const char *pem, *usual; /* NULL: refused */
    } table[] = {
        {EC_PUB_COMPRESSED, EC_PUB}, {EC_PUB_HYBRID, EC_PUB},   {EC_PUB_EXPLICIT, NULL},
        {RSA_BARE_KEY, RSA_PUB},     {RSA_SIGNED_KEY, RSA_PUB}, {RSA_PSS_KEY, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct err err = ERR_INIT;
        CLEANUP(pki_release)
        struct pki_key *key =
            pki_public(table[i].pem, strlen(table[i].pem), "test.pub", &err);
        CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
        struct digest usual;

        if (!table[i].usual) {
            assert_null(key);
            assert_int_equal(err.kind, ERR_USAGE);
            continue;
        }
        assert_non_null(key);
        id_of(table[i].usual, &usual);
        assert_true(digest_equal(pki_id(key), &usual));
        /* And is written in one way. */
        assert_int_equal(pki_public_pem(key, &pem, &err), 0);
        assert_string_equal(pem.data, table[i].usual);
    }
}

static void
certificate_has_the_id_of_its_key(void **state)
{
    static const struct {
        const char *private_pem, *certificate, *usual; /* NULL: refused */
    } table[] = {
        {EC_PKCS8, UNCOMPRESSED_CERT, EC_PUB}, {EC_PKCS8, COMPRESSED_CERT, EC_PUB},
        {EC_PKCS8, HYBRID_CERT, EC_PUB},       {EC_PKCS8, EXPLICIT_CERT, NULL},
        {RSA_PKCS8, RSA_CERT, RSA_PUB},        {RSA_PKCS8, RSA_BARE_CERT, RSA_PUB},
        {RSA_PKCS8, RSA_SIGNED_CERT, RSA_PUB}, {RSA_PKCS8, RSA_PSS_CERT, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(pki_cms_release)
        struct pki_cms *cms =
            sign_and_open(table[i].private_pem, table[i].certificate, NULL);
        struct err err = ERR_INIT;
        struct pki_chain chain;
        struct digest usual;

        if (!table[i].usual) {
            assert_null(cms);
            continue;
        }
        assert_non_null(cms);
        id_of(table[i].usual, &usual);
        assert_true(digest_equal(pki_cms_key_id(cms), &usual));
        assert_int_equal(chain_of(cms, &chain, &err), 0);
        assert_int_equal(chain.count, 2);
        assert_true(digest_equal(&chain.links[0].key_id, &usual));
        assert_string_equal(chain.links[0].serial, "1234");
    }
}

static void
authority_has_the_id_of_its_key(void **state)
{
    static const struct {
        const char *certificate;
        bool counts;
    } table[] = {
        {UNCOMPRESSED_CA, true},
        {COMPRESSED_CA, true},
        {HYBRID_CA, true},
        {EXPLICIT_CA, false},
    };
    struct digest usual;

    (void)state;
    id_of(EC_PUB, &usual);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(pki_cms_release)
        struct pki_cms *cms = sign_and_open(RSA_PKCS8, BELOW_CERT, table[i].certificate);
        struct err err = ERR_INIT;
        struct pki_chain chain;

        assert_non_null(cms);
        if (!table[i].counts) {
            assert_int_equal(chain_of(cms, &chain, &err), -1);
            assert_string_equal(err_reason_word(err.reason), "unknown-signer");
            continue;
        }
        assert_int_equal(chain_of(cms, &chain, &err), 0);
        assert_int_equal(chain.count, 3);
        assert_true(digest_equal(&chain.links[0].issuer_id, &usual));
        assert_true(digest_equal(&chain.links[1].key_id, &usual));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_file_has_the_id_of_its_key),
        cmocka_unit_test(certificate_has_the_id_of_its_key),
        cmocka_unit_test(authority_has_the_id_of_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
