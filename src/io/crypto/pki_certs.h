/* SPDX-License-Identifier: Apache-2.0 */
/* pki_certs.h - what the files of pki_cms share.
 *
 * pki_certs.c     certificates and revocation lists out of PEM files
 * pki_cms.c       a signature: made, taken apart, checked
 * pki_cms_form.c  the one form in which it counts inside a bundle
 * pki_chain.c     from its certificate to an authority
 * pki_crl.c       what revocation lists say of that chain
 *
 * Layer: io, private to pki.
 */
#ifndef IO_CRYPTO_PKI_CERTS_H
#define IO_CRYPTO_PKI_CERTS_H

#include "io/crypto/pki_cms.h"

#include <openssl/cms.h>
#include <openssl/x509.h>

struct pki_certs {
    STACK_OF(X509) * x509;
    STACK_OF(X509_CRL) * crls;
};

struct pki_cms {
    CMS_ContentInfo *info;
    X509 *leaf;             /* of the signer, borrowed from info */
    STACK_OF(X509) * certs; /* all that came along */
    struct pki_key *key;    /* public, of the leaf */
    enum digest_alg alg;    /* of the payload and of the signed attributes */
    char subject[PKI_SUBJECT_MAX];
};

/* Its one signer, borrowed. */
CMS_SignerInfo *pki_cms_signer(const struct pki_cms *cms);

#endif
