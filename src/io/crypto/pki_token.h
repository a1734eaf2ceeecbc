/* SPDX-License-Identifier: Apache-2.0 */
/* pki_token.h - a private key that stays where it is, in a smart card or the like.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_TOKEN_H
#define IO_CRYPTO_PKI_TOKEN_H

#include <openssl/evp.h>
#include <openssl/provider.h>

/*
 * A library context of its own: smart card modules use OpenSSL too, and would recurse
 * into the provider that called them.
 */
struct pki_token {
    OSSL_LIB_CTX *lib;
    OSSL_PROVIDER *standard, *pkcs11;
    EVP_PKEY *pkey; /* a handle: the key itself stays in the token */
};

/* The key that signs, and its library context: both borrowed. */
EVP_PKEY *pki_token_key(const struct pki_token *token, OSSL_LIB_CTX **lib);
void pki_token_free(struct pki_token *token); /* NULL is allowed */

#endif
