/* SPDX-License-Identifier: Apache-2.0 */
/* pki_certs.h - certificates and revocation lists out of PEM files.
 *
 * Layer:  io.
 * Source: RFC 5280.
 */
#ifndef IO_CRYPTO_PKI_CERTS_H
#define IO_CRYPTO_PKI_CERTS_H

#include "base/text_safe.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKI_CERTS_FILE_MAX (8U << 20) /* bytes of a PEM file: revocation lists grow */
#define PKI_SUBJECT_MAX    256        /* bytes of a name */

struct pki_certs; /* in the order they were added */

struct pki_certs *pki_certs_new(void);
void pki_certs_release(struct pki_certs **certs);

/*
 * Add every certificate of a PEM file.
 * Errors: ERR_USAGE - none in it, another kind of block, or a damaged block.
 */
MUST_USE int pki_certs_add(struct pki_certs *certs, const char *pem, size_t len,
                           const char *name, struct err *err);

/*
 * Add every revocation list of a PEM file.  Lists that are incomplete or have unknown
 * critical extensions are errors: a certificate missing from them may still be revoked.
 * Errors: ERR_USAGE as above.
 */
MUST_USE int pki_crls_add(struct pki_certs *certs, const char *pem, size_t len,
                          const char *name, struct err *err);

/*
 * Revocation list number i: its issuer, as by text_safe(), and until when it is current.
 * false: there is no such number.
 */
struct pki_crl_term {
    char issuer[TEXT_SAFE_MAX];
    bool ends; /* whether it has an end */
    uint64_t next_update;
};

bool pki_crl_term(const struct pki_certs *certs, size_t i, struct pki_crl_term *out);

/* Certificate number i: its subject, as by text_safe(), and when it is valid, epoch
 * seconds.  false: there is no such number. */
struct pki_cert_term {
    char subject[TEXT_SAFE_MAX];
    uint64_t valid_from, valid_until;
};

bool pki_cert_term(const struct pki_certs *certs, size_t i, struct pki_cert_term *out);

/* What chains are built from, besides the certificates in the signature. */
struct pki_authority {
    const struct pki_certs *anchors;       /* one of these ends it */
    const struct pki_certs *intermediates; /* may be part of it */
    const struct pki_certs *crls; /* certificates revoked by any of them are excluded */
    bool requires_crl; /* a list by the issuer of the signer's certificate is required */
};

#endif
