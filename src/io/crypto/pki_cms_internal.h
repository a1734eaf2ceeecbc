/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms_internal.h - the parsed CMS signature, for the files that use it.
 *
 * Layer: io, private.
 */
#ifndef IO_CRYPTO_PKI_CMS_INTERNAL_H
#define IO_CRYPTO_PKI_CMS_INTERNAL_H

#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_cms.h"

#include <openssl/cms.h>
#include <openssl/x509.h>

struct pki_cms {
    CMS_ContentInfo *info;
    X509 *leaf;             /* of the signer, borrowed from info */
    STACK_OF(X509) * certs; /* all that came along */
    struct pki_key *key;    /* public, of the leaf */
    enum digest_alg alg;    /* of the payload and of the signed attributes */
    char subject[PKI_SUBJECT_MAX];
};

/* The single signer, borrowed. */
CMS_SignerInfo *pki_cms_signer(const struct pki_cms *cms);

/* Decided by its extensions. */
bool pki_cms_is_for_signing(X509 *cert);

/* Errors: ERR_USAGE. */
struct pki_key *pki_cms_key_of(X509 *cert, const char *name, struct err *err);

void pki_cms_release_info(CMS_ContentInfo **info); /* for CLEANUP */

#endif
