/* SPDX-License-Identifier: Apache-2.0 */
/* pki_pkcs8.h - encrypted PKCS#8 private keys.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_PKCS8_H
#define IO_CRYPTO_PKI_PKCS8_H

#include "io/crypto/pki_internal.h"

/* Errors: ERR_AUTH - no source of a passphrase, or no answer. */
MUST_USE int pki_ask(const struct pki_passphrase *pass, const char *name,
                     struct secret *out, struct err *err);

int pki_wrong_passphrase(const char *name, struct err *err); /* ERR_AUTH; always -1 */
int pki_too_costly(const char *name, struct err *err);       /* ERR_LIMIT; always -1 */

/* Unencrypted PKCS#8; NULL without a message when malformed. */
EVP_PKEY *pki_pkcs8_decode(const unsigned char *der, size_t len);

/* Decrypt PKCS#8, or a cosign key file.  Errors: those of pki_private(). */
EVP_PKEY *pki_pkcs8_open(const struct pki_block *b, const char *name,
                         const struct pki_passphrase *pass, enum pki_form *form,
                         struct err *err);

/* Write info as such a PEM block.  form: PKI_FORM_SCRYPT or PKI_FORM_PBKDF2. */
bool pki_pkcs8_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info, enum pki_form form,
                    const struct secret *passphrase);

#endif
