/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cms.h - signatures with certificates, as detached CMS.
 *
 * Two checks: pki_cms_open() checks the signature by the certificate in it;
 * pki_cms_chain(), in pki_chain.h, checks that an authority issued that certificate.
 * Which holders are authorised, and when the chain must be valid, is decided elsewhere.
 *
 * Layer: io.
 * Source: RFC 5652 (CMS).
 */
#ifndef IO_CRYPTO_PKI_CMS_H
#define IO_CRYPTO_PKI_CMS_H

#include "io/crypto/pki.h"

#define PKI_CMS_MAX       (64 * 1024) /* bytes of DER */
#define PKI_CMS_CERTS_MAX 16          /* certificates in one signature */

struct pki_cms;

/* Whether these bytes begin like a CMS message. */
bool pki_cms_is_one(const void *der, size_t len);

/*
 * Parse DER and check the signature: detached, by exactly one signer, with signed
 * attributes, SHA-256 or longer, over that payload; the certificate is included, permits
 * code signing, and has a key of a supported kind.
 * Errors: ERR_TRUST "bad-signature", with the cause.
 */
struct pki_cms *pki_cms_open(const void *der, size_t der_len, struct pki_payload *payload,
                             struct err *err);
void pki_cms_free(struct pki_cms *cms); /* NULL is allowed */
void pki_cms_release(struct pki_cms **cms);

/* The signer's certificate: the id of its key, and its subject in the format of RFC
 * 2253. */
const struct digest *pki_cms_key_id(const struct pki_cms *cms);
const char *pki_cms_subject(const struct pki_cms *cms);

/* Whether the certificate has that alternative name: "email:...", "dns:...",
 * "uri:...". */
bool pki_cms_has_name(const struct pki_cms *cms, const char *name);

#endif
