/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_certs.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "io/crypto/pki_certs_internal.h"
#include "io/crypto/pki_internal.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct pki_certs *
pki_certs_new(void)
{
    struct pki_certs *certs = xcalloc(1, sizeof(*certs));

    certs->x509 = sk_X509_new_null();
    certs->crls = sk_X509_CRL_new_null();
    if (!certs->x509 || !certs->crls)
        mem_exhausted();
    return certs;
}

void
pki_certs_release(struct pki_certs **at)
{
    struct pki_certs *certs = *at;

    if (!certs)
        return;
    sk_X509_pop_free(certs->x509, X509_free);
    sk_X509_CRL_pop_free(certs->crls, X509_CRL_free);
    free(certs);
    *at = NULL;
}

/* ---- what may be in a revocation list ---- */

static bool
is_known_extension(int nid, const int *nids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (nids[i] == nid)
            return true;
    }
    return false;
}

static const char *
odd_extension(X509_EXTENSION *ext)
{
    static const int known[] = {NID_crl_number, NID_authority_key_identifier,
                                NID_issuer_alt_name};
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));

    if (nid == NID_delta_crl)
        return "it is a delta, which lists only changes";
    if (nid == NID_issuing_distribution_point)
        return "it has an issuingDistributionPoint, which excludes certificates or "
               "reasons, or includes those of other issuers";
    if (X509_EXTENSION_get_critical(ext) != 0 &&
        !is_known_extension(nid, known, COUNT_OF(known)))
        return "it has an unknown critical extension";
    return NULL;
}

static const char *
odd_entry_extension(X509_EXTENSION *ext)
{
    static const int known[] = {NID_crl_reason, NID_invalidity_date,
                                NID_hold_instruction_code};
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));

    if (nid == NID_certificate_issuer)
        return "it lists certificates of another issuer";
    if (X509_EXTENSION_get_critical(ext) != 0 &&
        !is_known_extension(nid, known, COUNT_OF(known)))
        return "one of its entries has an unknown critical extension";
    return NULL;
}

/*
 * Why a list is not a complete list of its issuer's revoked certificates, as a phrase for
 * a message; NULL when it is.
 */
static const char *
crl_oddity(X509_CRL *crl)
{
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);
    const char *odd = NULL;

    for (int i = 0; !odd && i < X509_CRL_get_ext_count(crl); i++)
        odd = odd_extension(X509_CRL_get_ext(crl, i));
    for (int i = 0; !odd && i < sk_X509_REVOKED_num(entries); i++) {
        const X509_REVOKED *entry = sk_X509_REVOKED_value(entries, i);

        for (int j = 0; !odd && j < X509_REVOKED_get_ext_count(entry); j++)
            odd = odd_entry_extension(X509_REVOKED_get_ext(entry, j));
    }
    return odd;
}

/* ---- PEM files ---- */

/* The block must hold one complete certificate and nothing else. */
static int
add_certificate(struct pki_certs *certs, const unsigned char *der, long len,
                const char *name, struct err *err)
{
    const unsigned char *p = der;
    X509 *cert = d2i_X509(NULL, &p, len);

    if (cert && p == der + len && sk_X509_push(certs->x509, cert) > 0)
        return 0;
    X509_free(cert);
    return err_set(err, ERR_USAGE, "'%s' is damaged: a block in it is not a certificate",
                   name);
}

static int
add_crl(struct pki_certs *certs, const unsigned char *der, long len, const char *name,
        struct err *err)
{
    const unsigned char *p = der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &p, len);
    const char *odd = crl && p == der + len ? crl_oddity(crl) : "";

    if (!odd && sk_X509_CRL_push(certs->crls, crl) > 0)
        return 0;
    X509_CRL_free(crl);
    if (!odd || odd[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "'%s' is damaged: a block in it is not a revocation list", name);
    err_set(err, ERR_USAGE, "'%s': revocation list not supported: %s", name, odd);
    return err_hint(err,
                    "expected a complete list by the issuer of the certificates in it");
}

/* The kind of PEM block a file is read for; no other may occur in it. */
static const struct kind {
    const char *block, *what;
    int (*add)(struct pki_certs *certs, const unsigned char *der, long len,
               const char *name, struct err *err);
} certificates = {PEM_STRING_X509, "certificate", add_certificate},
  lists = {PEM_STRING_X509_CRL, "revocation list", add_crl};

static int
add_block(struct pki_certs *certs, const struct kind *kind, const char *type,
          const unsigned char *der, long len, const char *name, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    if (strcmp(type, kind->block) == 0)
        return kind->add(certs, der, len, name, err);
    text_safe(safe, type, strlen(type));
    return err_set(err, ERR_USAGE, "'%s' holds a %s: expected a %s", name, safe,
                   kind->what);
}

static int
add_blocks(struct pki_certs *certs, const struct kind *kind, BIO *bio, const char *name,
           struct err *err)
{
    char *type, *header;
    unsigned char *der;
    long len;
    int rc = 0, count = 0;

    while (rc == 0 && PEM_read_bio(bio, &type, &header, &der, &len) == 1) {
        rc = add_block(certs, kind, type, der, len, name, err);
        OPENSSL_free(type);
        OPENSSL_free(header);
        OPENSSL_free(der);
        count++;
    }
    if (rc < 0)
        return -1;
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return err_set(err, ERR_USAGE, "'%s' is damaged: incomplete PEM block", name);
    if (count == 0)
        return err_set(err, ERR_USAGE, "'%s' holds no %s in PEM form", name, kind->what);
    return 0;
}

static int
add(struct pki_certs *certs, const struct kind *kind, const char *pem, size_t len,
    const char *name, struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = NULL;
    int rc;

    if (len > PKI_CERTS_FILE_MAX)
        return err_set(err, ERR_LIMIT, "'%s' is larger than the maximum of a file of %ss",
                       name, kind->what);
    bio = BIO_new_mem_buf(len > 0 ? pem : "", (int)len);
    if (!bio)
        return err_set(err, ERR_INTERNAL, "cannot read '%s'", name);
    ERR_clear_error();
    rc = add_blocks(certs, kind, bio, name, err);
    ERR_clear_error();
    return rc;
}

int
pki_certs_add(struct pki_certs *certs, const char *pem, size_t len, const char *name,
              struct err *err)
{
    return add(certs, &certificates, pem, len, name, err);
}

int
pki_crls_add(struct pki_certs *certs, const char *pem, size_t len, const char *name,
             struct err *err)
{
    return add(certs, &lists, pem, len, name, err);
}

/* ---- names and times ---- */

bool
pki_time(const ASN1_TIME *text, uint64_t *out)
{
    struct tm tm;
    time_t t;

    if (!text || ASN1_TIME_to_tm(text, &tm) != 1)
        return false;
    t = timegm(&tm);
    *out = t > 0 ? (uint64_t)t : 0;
    return true;
}

void
pki_name_safe(char out[TEXT_SAFE_MAX], const X509_NAME *name)
{
    CLEANUP(pki_release_bio) BIO *text = BIO_new(BIO_s_mem());
    char raw[PKI_SUBJECT_MAX] = "";
    int len;

    if (text && X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) >= 0) {
        len = BIO_read(text, raw, sizeof(raw) - 1);
        raw[len > 0 ? len : 0] = '\0';
    }
    ERR_clear_error();
    text_safe(out, raw, strlen(raw));
}

bool
pki_crl_term(const struct pki_certs *certs, size_t i, struct pki_crl_term *out)
{
    struct pki_crl_term term = {.ends = false};
    X509_CRL *crl;

    if (i >= (size_t)sk_X509_CRL_num(certs->crls))
        return false;
    crl = sk_X509_CRL_value(certs->crls, (int)i);
    term.ends = pki_time(X509_CRL_get0_nextUpdate(crl), &term.next_update);
    pki_name_safe(term.issuer, X509_CRL_get_issuer(crl));
    *out = term;
    return true;
}

bool
pki_cert_term(const struct pki_certs *certs, size_t i, struct pki_cert_term *out)
{
    struct pki_cert_term term = {.valid_from = UINT64_MAX};
    X509 *cert;

    if (i >= (size_t)sk_X509_num(certs->x509))
        return false;
    cert = sk_X509_value(certs->x509, (int)i);
    if (!pki_time(X509_get0_notBefore(cert), &term.valid_from) ||
        !pki_time(X509_get0_notAfter(cert), &term.valid_until))
        term.valid_until = 0; /* unreadable: never valid */
    pki_name_safe(term.subject, X509_get_subject_name(cert));
    *out = term;
    return true;
}
