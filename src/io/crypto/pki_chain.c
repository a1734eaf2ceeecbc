/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_chain.h"

#include "base/text.h"
#include "io/crypto/pki_certs_internal.h"
#include "io/crypto/pki_cms_internal.h"
#include "io/crypto/pki_crl.h"
#include "io/crypto/pki_internal.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <string.h>

enum { AUTH_LEVEL = 2 }; /* of OpenSSL: no SHA-1, RSA from 2048 bits */

static void
release_store(X509_STORE **store)
{
    X509_STORE_free(*store);
}

static void
release_store_context(X509_STORE_CTX **ctx)
{
    X509_STORE_CTX_free(*ctx);
}

static void
release_stack(STACK_OF(X509) * *stack)
{
    sk_X509_free(*stack); /* of borrowed certificates */
}

/* ---- describing the chain ---- */

/* The id of a certificate's key: of the key itself, not of its encoding in the
 * certificate. */
static int
id_of_key(X509 *cert, struct digest *out, struct err *err)
{
    EVP_PKEY *pkey = X509_get_pubkey(cert);
    CLEANUP(pki_release) struct pki_key *key = NULL;
    struct err why = ERR_INIT;

    if (pkey)
        key = pki_adopt(pkey, false, "certificate", &why);
    if (!key)
        return err_because(err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
                           "was made with a certificate whose chain contains a key of an "
                           "unsupported kind");
    *out = *pki_id(key);
    return 0;
}

/* Serial number in lowercase hex without leading zeros, limited to what revocation lists
 * can name. */
static int
serial_of(X509 *cert, char out[PKI_SERIAL_MAX + 1], struct err *err)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    const char *p = hex ? hex : "-";
    size_t n = 0;

    while (*p == '0' && p[1] != '\0')
        p++;
    while (n < PKI_SERIAL_MAX && p[n] != '\0') {
        out[n] = text_lower(p[n]);
        n++;
    }
    out[n] = '\0';
    n = *p == '-' ? SIZE_MAX : strlen(p);
    OPENSSL_free(hex);
    BN_free(number);
    if (n > PKI_SERIAL_MAX)
        return err_because(err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
                           "was made with a certificate whose serial number is negative "
                           "or longer than 20 bytes");
    return 0;
}

/* The period in which all of them are valid, and the identifiers of each. */
static int
describe_chain(STACK_OF(X509) * certs, struct pki_chain *out, struct err *err)
{
    struct pki_chain c = {.valid_until = UINT64_MAX};
    int count = sk_X509_num(certs);

    for (int i = 0; i < count && i < PKI_CHAIN_MAX; i++) {
        X509 *cert = sk_X509_value(certs, i);
        struct pki_link *link = &c.links[c.count++];
        uint64_t from, until;

        if (!pki_time(X509_get0_notBefore(cert), &from) ||
            !pki_time(X509_get0_notAfter(cert), &until))
            return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE,
                               "contains a certificate without a validity period");
        c.valid_from = from > c.valid_from ? from : c.valid_from;
        c.valid_until = until < c.valid_until ? until : c.valid_until;
        if (serial_of(cert, link->serial, err) < 0 ||
            id_of_key(cert, &link->key_id, err) < 0 ||
            id_of_key(sk_X509_value(certs, i + 1 < count ? i + 1 : i), &link->issuer_id,
                      err) < 0)
            return -1;
    }
    *out = c;
    return 0;
}

static bool
is_same(X509 *a, X509 *b)
{
    unsigned char *x = NULL, *y = NULL;
    int x_len = i2d_X509(a, &x), y_len = i2d_X509(b, &y);
    bool same = x_len > 0 && x_len == y_len && memcmp(x, y, (size_t)x_len) == 0;

    OPENSSL_free(x);
    OPENSSL_free(y);
    return same;
}

static bool
is_among(X509 *cert, STACK_OF(X509) * certs)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        if (is_same(cert, sk_X509_value(certs, i)))
            return true;
    }
    return false;
}

static bool
has_extras(const struct pki_cms *cms, STACK_OF(X509) * chain)
{
    for (int i = 0; i < sk_X509_num(cms->certs); i++) {
        if (!is_among(sk_X509_value(cms->certs, i), chain))
            return true;
    }
    return false;
}

/* ---- the search ---- */

static X509_STORE *
new_store(const struct pki_authority *a)
{
    X509_STORE *store = X509_STORE_new();
    X509_VERIFY_PARAM *param = store ? X509_STORE_get0_param(store) : NULL;
    /* Time is checked by the caller, which knows when the bundle was made. */
    unsigned long flags = X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN;
    bool done = param && X509_STORE_set_purpose(store, X509_PURPOSE_ANY) == 1 &&
                X509_VERIFY_PARAM_set_flags(param, flags) == 1;

    for (int i = 0; done && i < sk_X509_num(a->anchors->x509); i++)
        done = X509_STORE_add_cert(store, sk_X509_value(a->anchors->x509, i)) == 1;
    if (done) {
        X509_VERIFY_PARAM_set_depth(param, PKI_CHAIN_MAX -
                                               2); /* intermediate certificates only */
        X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
        return store;
    }
    X509_STORE_free(store);
    return NULL;
}

static STACK_OF(X509) *
    gather_certs(const struct pki_cms *cms, const struct pki_authority *a)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    const STACK_OF(X509) *const sources[] = {cms->certs, a->intermediates->x509};

    for (size_t s = 0; all && s < COUNT_OF(sources); s++) {
        for (int i = 0; i < sk_X509_num(sources[s]); i++) {
            if (sk_X509_push(all, sk_X509_value(sources[s], i)) <= 0) {
                sk_X509_free(all);
                return NULL;
            }
        }
    }
    return all;
}

static int
chain_error(int code, struct err *err)
{
    return err_because(
        err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
        "was made with a certificate that does not chain to the authority (%s)",
        X509_verify_cert_error_string(code));
}

static int
build_chain(const struct pki_cms *cms, const struct pki_authority *a,
            struct pki_chain *out, struct err *err)
{
    CLEANUP(release_store) X509_STORE *store = new_store(a);
    CLEANUP(release_stack) STACK_OF(X509) *helpers = gather_certs(cms, a);
    CLEANUP(release_store_context) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) * chain;

    if (!store || !helpers || !ctx ||
        X509_STORE_CTX_init(ctx, store, cms->leaf, helpers) != 1)
        return err_because(err, ERR_TRUST, REASON_BAD_SIGNATURE,
                           "could not be checked against the authority");
    if (X509_verify_cert(ctx) != 1)
        return chain_error(X509_STORE_CTX_get_error(ctx), err);
    chain = X509_STORE_CTX_get0_chain(ctx);
    if (describe_chain(chain, out, err) < 0 || pki_crls_check(chain, a, err) < 0)
        return -1;
    out->has_extras = has_extras(cms, chain);
    return 0;
}

int
pki_cms_chain(const struct pki_cms *cms, const struct pki_authority *authority,
              struct pki_chain *out, struct err *err)
{
    int rc = build_chain(cms, authority, out, err);

    ERR_clear_error();
    return rc;
}
