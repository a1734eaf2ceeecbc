/* SPDX-License-Identifier: Apache-2.0 */
/* pki_pkcs11.h - keys in smart cards and HSMs, by PKCS#11 URI.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_PKCS11_H
#define IO_CRYPTO_PKI_PKCS11_H

#include "io/crypto/pki.h"

/*
 * A private key in a smart card or an HSM, by its "pkcs11:" URI (RFC 7512). The PIN is
 * asked for once.
 * Errors: ERR_USAGE - OpenSSL has no such provider, a PIN in the URI, or a kind of key
 *         that may not sign; ERR_AUTH - the PIN; ERR_NOT_FOUND.
 */
struct pki_key *pki_token(const char *uri, const struct pki_passphrase *pass,
                          struct err *err);
bool pki_is_token(const char *where); /* whether a key name begins with "pkcs11:" */

/* Whether this program can load modules at all: a static one cannot. */
bool pki_token_possible(void);

#endif
