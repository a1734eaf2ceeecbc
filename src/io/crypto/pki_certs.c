/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/pki_certs.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "io/crypto/pki_crl.h"
#include "io/crypto/pki_internal.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

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

/* The whole block, or nothing. */
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
    const char *odd = crl && p == der + len ? pki_crl_oddity(crl) : "";

    if (!odd && sk_X509_CRL_push(certs->crls, crl) > 0)
        return 0;
    X509_CRL_free(crl);
    if (!odd || odd[0] == '\0')
        return err_set(err, ERR_USAGE,
                       "'%s' is damaged: a block in it is not a revocation list", name);
    err_set(err, ERR_USAGE, "'%s': revocation list not understood: %s", name, odd);
    return err_hint(err, "expected is a complete list by the issuer of the certificates "
                         "in it; this one would have to be left out");
}

/* What a file is read for; it may hold nothing else. */
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
        return err_set(err, ERR_USAGE, "'%s' is damaged: a PEM block in it is not whole",
                       name);
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
        return err_set(err, ERR_LIMIT, "'%s' is larger than a file of %ss may be", name,
                       kind->what);
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
