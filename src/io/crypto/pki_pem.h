/* SPDX-License-Identifier: Apache-2.0 */
/* pki_pem.h - keys as PEM files.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_PEM_H
#define IO_CRYPTO_PKI_PEM_H

#include "io/crypto/pki.h"

/*
 * Read a private key from PEM text: PKCS#8 or traditional, encrypted or not, or cosign's
 * "ENCRYPTED SIGSTORE PRIVATE KEY".
 * Errors: ERR_AUTH - passphrase wrong or missing; ERR_USAGE - no private key in it, a
 *         public key instead, or a kind that may not sign (the message lists those that
 *         may); ERR_LIMIT - its key derivation exceeds the limits.
 */
struct pki_key *pki_private(const char *pem, size_t len, const char *name,
                            const struct pki_passphrase *pass, struct err *err);

/* Read a PEM public key ("BEGIN PUBLIC KEY").  Errors: ERR_USAGE. */
struct pki_key *pki_public(const char *pem, size_t len, const char *name,
                           struct err *err);

/* PEM of the public half. */
MUST_USE int pki_public_pem(const struct pki_key *key, struct buf *out, struct err *err);

/*
 * PEM of the private half.  form: plain, scrypt, PBKDF2 or cosign; all but the first
 * require a passphrase.  Errors: ERR_INTERNAL - another form, no private half, no room in
 * out.
 */
MUST_USE int pki_private_pem(const struct pki_key *key, enum pki_form form,
                             const struct secret *passphrase, struct buf *out,
                             struct err *err);

#endif
