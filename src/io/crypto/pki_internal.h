/* SPDX-License-Identifier: Apache-2.0 */
/* pki_internal.h - shared by the files of pki: the key, and the checks it must pass.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_INTERNAL_H
#define IO_CRYPTO_PKI_INTERNAL_H

#include "io/crypto/pki.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

struct pki_key {
    EVP_PKEY *pkey;          /* owned; for a token only the public half */
    struct pki_token *token; /* owned; the token of the private half, or NULL */
    enum pki_type type;
    enum pki_form form;
    struct digest id;
};

/* One block of a PEM file. */
struct pki_block {
    char *name, *header;
    unsigned char *data;
    long len;
};

#define PKI_BLOCK_COSIGN     "ENCRYPTED SIGSTORE PRIVATE KEY"
#define PKI_BLOCK_COSIGN_OLD "ENCRYPTED COSIGN PRIVATE KEY"

/*
 * Make a pki_key from a key of the library, the only way to do so: its kind is supported,
 * it is sound, and its key id is computed.  is_private: it has both halves, which must
 * match.
 * Owns:   takes pkey, also on failure.
 * Errors: ERR_USAGE, naming the key and the cause; ERR_INTERNAL.
 */
struct pki_key *pki_adopt(EVP_PKEY *pkey, bool is_private, const char *name,
                          struct err *err);

/* As pki_adopt(), for a signing key or a certificate: only kinds that may sign. */
struct pki_key *pki_adopt_signer(EVP_PKEY *pkey, bool is_private, const char *name,
                                 struct err *err);

/* The key that signs, and its library context: both borrowed. */
EVP_PKEY *pki_private_half(const struct pki_key *key, OSSL_LIB_CTX **lib);

/* ---- for CLEANUP ---- */

void pki_block_release(struct pki_block *b);
void pki_release_bio(BIO **bio); /* its memory is wiped */
void pki_release_der(unsigned char **der);
void pki_release_info(PKCS8_PRIV_KEY_INFO **info); /* its key is wiped */

#endif
