/* SPDX-License-Identifier: Apache-2.0 */
/* pki_chain.h - certificate chains of CMS signatures, and revocation lists.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CHAIN_H
#define IO_CRYPTO_PKI_CHAIN_H

#include "base/text_safe.h"
#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_cms.h"

/* Epoch seconds; false: there is none, or it is malformed. */
bool pki_time(const ASN1_TIME *text, uint64_t *out);

/* As RFC 2253 has it, cut and safe to show. */
void pki_name_safe(char out[TEXT_SAFE_MAX], const X509_NAME *name);

/*
 * Is there a chain?  Time is not looked at, and lists that ran out still revoke.
 * Errors: ERR_TRUST "revoked"; "unknown-signer" - there is none.
 */
MUST_USE int pki_cms_chain(const struct pki_cms *cms,
                           const struct pki_authority *authority, struct pki_chain *out,
                           struct err *err);

#endif
