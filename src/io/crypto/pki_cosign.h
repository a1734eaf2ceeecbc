/* SPDX-License-Identifier: Apache-2.0 */
/* pki_cosign.h - private keys as cosign stores them, encrypted.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_COSIGN_H
#define IO_CRYPTO_PKI_COSIGN_H

#include "io/crypto/pki_internal.h"

EVP_PKEY *pki_cosign_open(const struct pki_block *b, const char *name,
                          const struct pki_passphrase *pass, struct err *err);

bool pki_cosign_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info,
                     const struct secret *passphrase);

#endif
