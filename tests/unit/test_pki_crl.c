/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation lists: what any of them revokes is revoked, and what says less than it seems
 * to is not taken for one. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/pki_cms.h"
#include "io/crypto/pki_cms_sign.h"
#include "tests/unit/pki_key_forms.h"
#include "tests/unit/pki_keys.h"
#include "tests/unit/pki_lists.h"
#include "io/crypto/pki_chain.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

#include <string.h>

static const char MESSAGE[] = "{\"schemaVersion\":2}";

static int
add_list(struct pki_certs *lists, const char *pem, struct err *err)
{
    return pki_crls_add(lists, pem, strlen(pem), "crl/x.pem", err);
}

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

/* ---- which lists are taken ---- */

static void
refuses_partial_lists(void **state)
{
    static const struct {
        const char *pem, *message;
    } table[] = {
        {DELTA, "a delta"},
        {DELTA_ASIDE, "a delta"},
        {ONLY_USERS, "issuingDistributionPoint"},
        {ONLY_USERS_ASIDE, "issuingDistributionPoint"},
        {ONLY_AUTHORITIES, "issuingDistributionPoint"},
        {ONLY_ATTRIBUTES, "issuingDistributionPoint"},
        {ONLY_REASONS, "issuingDistributionPoint"},
        {ONLY_POINT, "issuingDistributionPoint"},
        {INDIRECT, "issuingDistributionPoint"},
        {CRITICAL, "unknown critical extension"},
        {CRITICAL_ENTRY, "entries has an unknown critical extension"},
        {FOREIGN_ENTRY, "another issuer"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(pki_certs_release) struct pki_certs *lists = pki_certs_new();
        struct pki_crl_term term;
        struct err err = ERR_INIT;

        assert_int_equal(add_list(lists, table[i].pem, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, "'crl/x.pem': revocation list not supported"));
        assert_non_null(strstr(err.msg, table[i].message));
        assert_false(pki_crl_term(lists, 0, &term));
    }
}

static void
refuses_files_of_two_kinds(void **state)
{
    CLEANUP(pki_certs_release) struct pki_certs *certs = pki_certs_new();
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add_list(certs, ROOT_CERT, &err), -1);
    assert_non_null(strstr(err.msg, "expected a revocation list"));
    assert_int_equal(pki_certs_add(certs, EMPTY, strlen(EMPTY), "ca/x.pem", &err), -1);
    assert_non_null(strstr(err.msg, "expected a certificate"));
    assert_int_equal(add_list(certs, "", &err), -1);
    assert_non_null(strstr(err.msg, "holds no revocation list"));
}

/* ---- what they say ---- */

static struct pki_cms *
sign_and_open(const char *private_pem, const char *leaf, const char *between)
{
    CLEANUP(pki_certs_release) struct pki_certs *certs = load_certs(leaf, between);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    CLEANUP(buf_release) struct buf der = BUF_INIT(PKI_CMS_MAX);
    struct pki_payload payload = pki_payload(MESSAGE, strlen(MESSAGE));
    struct err err = ERR_INIT;
    struct pki_cms *cms;

    key = pki_private(private_pem, strlen(private_pem), "test.key", NULL, &err);
    assert_non_null(key);
    assert_int_equal(pki_cms_sign(key, certs, MESSAGE, strlen(MESSAGE), &der, &err), 0);
    cms = pki_cms_open(der.data, der.len, &payload, &err);
    assert_non_null(cms);
    return cms;
}

struct verdict {
    const char *lists[3];
    const char *reason;   /* NULL: counts */
    const char *required; /* the same where a list is required */
};

static void
judge(const struct pki_cms *cms, const struct verdict *v, const char *intermediate,
      bool requires_crl)
{
    CLEANUP(pki_certs_release) struct pki_certs *root = load_certs(ROOT_CERT, NULL);
    CLEANUP(pki_certs_release) struct pki_certs *more = load_certs(intermediate, NULL);
    CLEANUP(pki_certs_release) struct pki_certs *lists = pki_certs_new();
    const struct pki_authority authority = {.anchors = root,
                                            .intermediates = more,
                                            .crls = lists,
                                            .requires_crl = requires_crl};
    const char *reason = requires_crl ? v->required : v->reason;
    struct err err = ERR_INIT;
    struct pki_chain chain;

    for (size_t i = 0; i < COUNT_OF(v->lists) && v->lists[i]; i++)
        assert_int_equal(add_list(lists, v->lists[i], &err), 0);
    if (reason) {
        assert_int_equal(pki_cms_chain(cms, &authority, &chain, &err), -1);
        assert_string_equal(err_reason_word(err.reason), reason);
    } else if (pki_cms_chain(cms, &authority, &chain, &err) < 0) {
        fail_msg("%s", err.msg);
    }
}

static const char R[] = "revoked", U[] = "unknown-signer";

static void
honours_every_list(void **state)
{
    static const struct verdict table[] = {
        {{NULL}, NULL, U},
        {{EMPTY}, NULL, NULL},
        {{REVOKING}, R, R},
        /* Number 3 says so, and number 9 says no more: in either order. */
        {{REVOKING, EMPTY}, R, R},
        {{EMPTY, REVOKING}, R, R},
        {{EMPTY, REVOKING, EMPTY}, R, R},
        /* For a time only, or no longer: in a complete list both are for good. */
        {{HOLDING}, R, R},
        {{REMOVING}, R, R},
        {{EMPTY, REMOVING}, R, R},
        {{REASONED}, R, R},
        {{REVOKING_OTHERS}, NULL, NULL},
        {{OF_OTHER}, NULL, U},
        {{OF_OTHER, EMPTY}, NULL, NULL},
        /* Issued by an unknown key. */
        {{NAMESAKE}, U, U},
        {{EMPTY, NAMESAKE}, U, U},
        {{NAMESAKE_REVOKING}, R, R},
        {{NAMESAKE, REVOKING}, R, R},
    };
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = sign_and_open(EC_PKCS8, UNCOMPRESSED_CERT, NULL);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        judge(cms, &table[i], NULL, false);
        judge(cms, &table[i], NULL, true);
    }
}

/* The authority changed its key: lists by its other one count, but are not by the issuer.
 */
static void
honours_lists_by_another_key_of_the_authority(void **state)
{
    static const struct verdict table[] = {
        {{NAMESAKE}, NULL, U},
        {{EMPTY, NAMESAKE}, NULL, NULL},
        {{EMPTY, NAMESAKE_REVOKING}, R, R},
    };
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = sign_and_open(EC_PKCS8, UNCOMPRESSED_CERT, NULL);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        judge(cms, &table[i], NAMESAKE_CERT, false);
        judge(cms, &table[i], NAMESAKE_CERT, true);
    }
}

static void
revoked_authority_invalidates_its_certificates(void **state)
{
    static const struct verdict table[] = {
        {{EMPTY}, NULL, U}, /* not of the holder's issuer */
        {{REVOKING_BETWEEN}, R, R},
        {{REVOKING_BETWEEN, EMPTY}, R, R},
        {{EMPTY, REVOKING_BETWEEN}, R, R},
    };
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = sign_and_open(RSA_PKCS8, BELOW_CERT, UNCOMPRESSED_CA);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        judge(cms, &table[i], NULL, false);
        judge(cms, &table[i], NULL, true);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_partial_lists),
        cmocka_unit_test(refuses_files_of_two_kinds),
        cmocka_unit_test(honours_every_list),
        cmocka_unit_test(honours_lists_by_another_key_of_the_authority),
        cmocka_unit_test(revoked_authority_invalidates_its_certificates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
