/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_crl.h"

#include "base/text_safe.h"
#include "io/crypto/pki_certs_internal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

/*
 * The library picks one list for each certificate.  Here every list of an issuer counts,
 * and only complete lists are accepted.  An entry in a list revokes for good, even
 * certificateHold, which the issuer may lift, and removeFromCRL, which belongs in deltas.
 */

/* Also true when the library cannot compare (-2): rather use a list than ignore it. */
static bool
is_same_name(const X509_NAME *a, const X509_NAME *b)
{
    int order = X509_NAME_cmp(a, b);

    return order == 0 || order == -2;
}

static bool
is_signed_by(X509_CRL *crl, X509 *issuer)
{
    return (X509_get_key_usage(issuer) & KU_CRL_SIGN) != 0 &&
           X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

/* A CA that changed its key has lists signed by both keys, under one name. */
static bool
is_signed_by_namesake(X509_CRL *crl, const struct pki_authority *a)
{
    const STACK_OF(X509) *const sources[] = {a->anchors->x509, a->intermediates->x509};

    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        for (int i = 0; i < sk_X509_num(sources[s]); i++) {
            X509 *cert = sk_X509_value(sources[s], i);

            if (is_same_name(X509_get_subject_name(cert), X509_CRL_get_issuer(crl)) &&
                is_signed_by(crl, cert))
                return true;
        }
    }
    return false;
}

static int
refuse_unverified(X509_CRL *crl, struct err *err)
{
    char issuer[TEXT_SAFE_MAX];

    pki_name_safe(issuer, X509_CRL_get_issuer(crl));
    return err_because(err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
                       "was made with a certificate that a revocation list of '%s' "
                       "applies to, and that list cannot be verified: no certificate of "
                       "that name in the store signed it and may sign lists",
                       issuer);
}

static bool
is_about(X509_CRL *crl, X509 *cert)
{
    return is_same_name(X509_CRL_get_issuer(crl), X509_get_issuer_name(cert));
}

/* Whether a list revokes the certificate, also a list that cannot be verified. */
static bool
is_revoked(X509 *cert, const struct pki_authority *a)
{
    for (int i = 0; i < sk_X509_CRL_num(a->crls->crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(a->crls->crls, i);
        X509_REVOKED *entry;

        /* 1, or 2 for removeFromCRL */
        if (is_about(crl, cert) &&
            X509_CRL_get0_by_serial(crl, &entry, X509_get_serialNumber(cert)) != 0)
            return true;
    }
    return false;
}

/* issuer: the certificate above it in the chain; for the anchor, itself, as for a
 * root. */
static int
check_lists(X509 *cert, X509 *issuer, const struct pki_authority *a, bool requires_one,
            struct err *err)
{
    bool has_one = false;

    for (int i = 0; i < sk_X509_CRL_num(a->crls->crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(a->crls->crls, i);

        if (!is_about(crl, cert))
            continue;
        if (is_signed_by(crl, issuer))
            has_one = true;
        else if (!is_signed_by_namesake(crl, a))
            return refuse_unverified(crl, err);
    }
    if (requires_one && !has_one)
        return err_because(err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
                           "was made with a certificate whose issuer has no revocation "
                           "list in the store");
    return 0;
}

int
pki_crls_check(STACK_OF(X509) * chain, const struct pki_authority *a, struct err *err)
{
    int count = sk_X509_num(chain);

    for (int i = 0; i < count; i++) {
        if (is_revoked(sk_X509_value(chain, i), a))
            return err_because(err, ERR_TRUST, REASON_REVOKED,
                               "was made with a certificate that its issuer has revoked");
    }
    for (int i = 0; i < count; i++) {
        X509 *issuer = sk_X509_value(chain, i + 1 < count ? i + 1 : i);

        if (check_lists(sk_X509_value(chain, i), issuer, a, a->requires_crl && i == 0,
                        err) < 0)
            return -1;
    }
    return 0;
}
