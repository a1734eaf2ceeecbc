/* SPDX-License-Identifier: Apache-2.0 */
/* pki_internal.h - what the files of pki share: the key, and the gates it goes through.
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
    EVP_PKEY *pkey;          /* owned; of a token the public half only */
    struct pki_token *token; /* owned; where the private half is, or NULL */
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
 * The one way a library key becomes ours: it is of a kind we use, sound, and its key id
 * is known.  is_private: both halves are there and must belong together.
 * Owns:   takes pkey, also on failure.
 * Errors: ERR_USAGE, naming the key and what is wrong with it; ERR_INTERNAL.
 */
struct pki_key *pki_adopt(EVP_PKEY *pkey, bool is_private, const char *name,
                          struct err *err);

/* The same of a key that signs, or of a certificate: only of the kinds we sign with. */
struct pki_key *pki_adopt_signer(EVP_PKEY *pkey, bool is_private, const char *name,
                                 struct err *err);

/* What signs, and the context it works in: both borrowed. */
EVP_PKEY *pki_private_half(const struct pki_key *key, OSSL_LIB_CTX **lib);

/* ---- for CLEANUP ---- */

void pki_block_release(struct pki_block *b);
void pki_release_bio(BIO **bio); /* the memory of one is wiped */
void pki_release_der(unsigned char **der);
void pki_release_info(PKCS8_PRIV_KEY_INFO **info); /* the key in it is wiped */

#endif
