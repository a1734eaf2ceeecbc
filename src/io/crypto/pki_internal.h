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

void pki_block_release(struct pki_block *b);

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

/* Is its public half a point that only the private half signs for?  The library does not
 * look. */
bool pki_ed25519_is_sound(EVP_PKEY *pkey);

/* What signs, and the context it works in: both borrowed. */
EVP_PKEY *pki_private_half(const struct pki_key *key, OSSL_LIB_CTX **lib);

EVP_PKEY *pki_token_key(const struct pki_token *token, OSSL_LIB_CTX **lib);
void pki_token_free(struct pki_token *token); /* NULL is fine */

/* ---- for CLEANUP ---- */

void pki_release_bio(BIO **bio); /* the memory of one is wiped */
void pki_release_der(unsigned char **der);
void pki_release_info(PKCS8_PRIV_KEY_INFO **info); /* the key in it is wiped */

/* ---- cost: a key file chooses that of its own key derivation ---- */

/* Is what this password-based encryption makes us compute within bounds? */
bool pki_is_cheap(const X509_ALGOR *algorithm);

/* The same of scrypt, which may use up to bytes_max of memory. */
bool pki_scrypt_is_cheap(uint64_t n, uint64_t r, uint64_t p, uint64_t bytes_max);

/* ---- encrypted forms ---- */

/* Errors: ERR_AUTH - there is nobody to ask, or no answer. */
MUST_USE int pki_ask(const struct pki_passphrase *pass, const char *name,
                     struct secret *out, struct err *err);

int pki_wrong_passphrase(const char *name, struct err *err); /* ERR_AUTH; always -1 */
int pki_too_costly(const char *name, struct err *err);       /* ERR_LIMIT; always -1 */

/* PKCS#8 in the clear; NULL without a message when it is none. */
EVP_PKEY *pki_pkcs8_decode(const unsigned char *der, size_t len);

/* Encrypted PKCS#8, and cosign's key files.  Errors: those of pki_private(). */
EVP_PKEY *pki_pkcs8_open(const struct pki_block *b, const char *name,
                         const struct pki_passphrase *pass, enum pki_form *form,
                         struct err *err);
EVP_PKEY *pki_cosign_open(const struct pki_block *b, const char *name,
                          const struct pki_passphrase *pass, struct err *err);

/* Write info as such a PEM block.  form: PKI_FORM_SCRYPT or PKI_FORM_PBKDF2. */
bool pki_pkcs8_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info, enum pki_form form,
                    const struct secret *passphrase);
bool pki_cosign_seal(BIO *bio, PKCS8_PRIV_KEY_INFO *info,
                     const struct secret *passphrase);

#endif
