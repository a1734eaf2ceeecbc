/* SPDX-License-Identifier: Apache-2.0 */
/* pki_crl.h -
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_CRL_H
#define IO_CRYPTO_PKI_CRL_H

#include "io/crypto/pki_certs.h"
#include "io/crypto/pki_cms.h"

/*
 * Why a list may say less than that all certificates of its issuer are good but those in
 * it, or something else, in words for a message; NULL: it is a complete list.
 */
const char *pki_crl_oddity(X509_CRL *crl);

/* Errors: those of pki_cms_chain(). */
MUST_USE int pki_crls_check(STACK_OF(X509) * chain, const struct pki_authority *a,
                            struct err *err);

bool pki_crl_term(const struct pki_certs *certs, size_t i, struct pki_crl_term *out);

#endif
