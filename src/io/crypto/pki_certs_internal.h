/* SPDX-License-Identifier: Apache-2.0 */
/* pki_certs_internal.h - fields of certificates, for the files that parse them.
 *
 * Layer: io, private.
 */
#ifndef IO_CRYPTO_PKI_CERTS_INTERNAL_H
#define IO_CRYPTO_PKI_CERTS_INTERNAL_H

#include "base/text_safe.h"
#include "io/crypto/pki_certs.h"

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

struct pki_certs {
    STACK_OF(X509) * x509;
    STACK_OF(X509_CRL) * crls;
};

/* Epoch seconds; false when absent or malformed. */
bool pki_time(const ASN1_TIME *text, uint64_t *out);

/* In the format of RFC 2253, cut and safe to show. */
void pki_name_safe(char out[TEXT_SAFE_MAX], const X509_NAME *name);

#endif
