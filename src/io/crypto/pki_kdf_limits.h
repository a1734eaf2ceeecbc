/* SPDX-License-Identifier: Apache-2.0 */
/* pki_kdf_limits.h - bounds on what decrypting a key file may cost.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_KDF_LIMITS_H
#define IO_CRYPTO_PKI_KDF_LIMITS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether the cost of this password-based encryption is within the limits. */
bool pki_is_cheap(const X509_ALGOR *algorithm);

/* Whether the cost of scrypt is within the limits, with up to bytes_max of memory. */
bool pki_scrypt_is_cheap(uint64_t n, uint64_t r, uint64_t p, uint64_t bytes_max);

#endif
