#include "config.h"
#include "io/pki_certs.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/pki_internal.h"

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
pki_certs_free(struct pki_certs *certs)
{
    if (!certs)
        return;
    sk_X509_pop_free(certs->x509, X509_free);
    sk_X509_CRL_pop_free(certs->crls, X509_CRL_free);
    free(certs);
}

void
pki_certs_release(struct pki_certs **certs)
{
    pki_certs_free(*certs);
    *certs = NULL;
}

/* The whole block, or nothing. */
static bool
add_certificate(struct pki_certs *certs, const unsigned char *der, long len)
{
    const unsigned char *p = der;
    X509 *cert = d2i_X509(NULL, &p, len);

    if (cert && p == der + len && sk_X509_push(certs->x509, cert) > 0)
        return true;
    X509_free(cert);
    return false;
}

static bool
add_crl(struct pki_certs *certs, const unsigned char *der, long len)
{
    const unsigned char *p = der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &p, len);

    if (crl && p == der + len && sk_X509_CRL_push(certs->crls, crl) > 0)
        return true;
    X509_CRL_free(crl);
    return false;
}

static int
add_block(struct pki_certs *certs, const char *type, const unsigned char *der, long len,
          const char *name, struct err *err)
{
    char safe[TEXT_SAFE_MAX];
    bool done;

    if (strcmp(type, PEM_STRING_X509) == 0) {
        done = add_certificate(certs, der, len);
    } else if (strcmp(type, PEM_STRING_X509_CRL) == 0) {
        done = add_crl(certs, der, len);
    } else {
        text_safe(safe, type, strlen(type));
        return err_set(err, ERR_USAGE,
                       "'%s' holds a %s: certificates and revocation lists are wanted",
                       name, safe);
    }
    return done ? 0
                : err_set(err, ERR_USAGE, "'%s' is damaged: a block in it is no %s", name,
                          strcmp(type, PEM_STRING_X509) == 0 ? "certificate"
                                                             : "revocation list");
}

static int
add_blocks(struct pki_certs *certs, BIO *bio, const char *name, struct err *err)
{
    char *type, *header;
    unsigned char *der;
    long len;
    int rc = 0, count = 0;

    while (rc == 0 && PEM_read_bio(bio, &type, &header, &der, &len) == 1) {
        rc = add_block(certs, type, der, len, name, err);
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
        return err_set(err, ERR_USAGE, "'%s' holds no certificate in PEM form", name);
    return 0;
}

int
pki_certs_add(struct pki_certs *certs, const char *pem, size_t len, const char *name,
              struct err *err)
{
    CLEANUP(pki_release_bio) BIO *bio = NULL;
    int rc;

    if (len > PKI_CERTS_FILE_MAX)
        return err_set(err, ERR_LIMIT,
                       "'%s' is larger than a file of certificates may be", name);
    bio = BIO_new_mem_buf(len > 0 ? pem : "", (int)len);
    if (!bio)
        return err_set(err, ERR_INTERNAL, "cannot read certificates");
    ERR_clear_error();
    rc = add_blocks(certs, bio, name, err);
    ERR_clear_error();
    return rc;
}
