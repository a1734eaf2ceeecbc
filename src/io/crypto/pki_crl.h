/* SPDX-License-Identifier: Apache-2.0 */
/* pki_crl.h - revocation lists applied to a chain.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CRL_H
#define IO_CRYPTO_PKI_CRL_H

#include "io/crypto/pki_certs.h"

#include <openssl/x509.h>

/* Errors: those of pki_cms_chain(). */
MUST_USE int pki_crls_check(STACK_OF(X509) * chain, const struct pki_authority *a,
                            struct err *err);

#endif
