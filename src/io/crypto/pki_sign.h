/* SPDX-License-Identifier: Apache-2.0 */
/* pki_sign.h - make and verify raw signatures.
 *
 * Layer: io.
 */
#ifndef IO_CRYPTO_PKI_SIGN_H
#define IO_CRYPTO_PKI_SIGN_H

#include "io/crypto/pki.h"

/*
 * Sign: ECDSA over SHA-256 in DER, Ed25519 pure, RSA PKCS#1 v1.5 over SHA-256.
 * out gets at most PKI_SIGNATURE_MAX bytes.
 */
MUST_USE int pki_sign(const struct pki_key *key, const void *bytes, size_t len,
                      struct buf *out, struct err *err);

/*
 * The digest used with a key: SHA-384 and SHA-512 with the curves P-384 and P-521,
 * SHA-256 with all others (for Ed25519, which includes its own hash, it names the
 * payload).
 */
enum digest_alg pki_digest(const struct pki_key *key);

struct pki_payload pki_payload(const void *bytes, size_t len);

/* The digest of the whole payload, borrowed; NULL when the library fails. */
const struct digest *pki_payload_digest(struct pki_payload *p, enum digest_alg alg);

/*
 * Whether this is the signature of these bytes by this key over that digest, in its
 * canonical encoding.  P-384 and P-521 keys may use any of the digests, others only their
 * own.  Everything except a clear yes, library failures included, is false.
 */
bool pki_verify_over(const struct pki_key *key, enum digest_alg alg,
                     struct pki_payload *payload, const void *signature,
                     size_t signature_len);

/* As pki_verify_over(), with the digest used with the key. */
bool pki_verify(const struct pki_key *key, const void *bytes, size_t len,
                const void *signature, size_t signature_len);

#endif
