/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h - key pairs and raw signatures.  Formats of signature files live in trust/.
 *
 * Layer:  io.  With hash.c the only user of OpenSSL.
 * Source: RFC 5958 (PKCS#8), RFC 7914 (scrypt), RFC 8018 (PBKDF2), RFC 8032 (Ed25519),
 *         SEC 1 (ECDSA in DER); sigstore's encrypted key files.
 */
#ifndef IO_CRYPTO_PKI_H
#define IO_CRYPTO_PKI_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>

/* We sign with the first three, and check signatures of all. */
enum pki_type {
    PKI_ECDSA_P256 = 1,
    PKI_ED25519,
    PKI_RSA, /* 3072 bits and more */
    PKI_ECDSA_P384,
    PKI_ECDSA_P521,
    PKI_RSA_2048, /* 2048 bits and more: too few for what is kept for years */
};

/* How a private key is kept. */
enum pki_form {
    PKI_FORM_NONE = 0, /* nowhere: it was just made, or is a public key */
    PKI_FORM_PLAIN,    /* PKCS#8 or traditional PEM, not encrypted */
    PKI_FORM_SCRYPT,   /* PKCS#8 under scrypt */
    PKI_FORM_PBKDF2,   /* PKCS#8 under PBKDF2, which FIPS 140 allows */
    PKI_FORM_OLD,      /* encrypted in a way that is read, and never written */
    PKI_FORM_COSIGN,   /* cosign's key file: scrypt and secretbox */
    PKI_FORM_TOKEN,    /* in a smart card or the like, which it does not leave */
};

#define PKI_KEY_FILE_MAX  (64 * 1024) /* bytes of a PEM file */
#define PKI_SIGNATURE_MAX 1024        /* bytes; RSA up to 8192 bits */

struct pki_key; /* a public key, perhaps with its private half */

/*
 * Where a passphrase comes from, asked only when the file turns out to be encrypted.
 * ask() fills *out, or returns -1 (ERR_AUTH: none to be had).
 */
struct pki_passphrase {
    int (*ask)(void *ctx, const char *what, struct secret *out, struct err *err);
    void *ctx;
};

/*
 * Read a private key from PEM text: PKCS#8 or traditional, encrypted or not, or cosign's
 * "ENCRYPTED SIGSTORE PRIVATE KEY".
 * Errors: ERR_AUTH - passphrase wrong or missing; ERR_USAGE - no private key in it, a
 *         public key instead, or a kind we do not sign with (the message lists ours);
 *         ERR_LIMIT - its key derivation wants more memory or time than we allow.
 */
struct pki_key *pki_private(const char *pem, size_t len, const char *name,
                            const struct pki_passphrase *pass, struct err *err);

/*
 * A private key in a smart card, an HSM or the like, by its "pkcs11:" URI (RFC 7512). The
 * PIN is asked for once.
 * Errors: ERR_USAGE - OpenSSL has no provider for these, a PIN in the URI, or a kind of
 *         key we do not sign with; ERR_AUTH - the PIN; ERR_NOT_FOUND.
 */
struct pki_key *pki_token(const char *uri, const struct pki_passphrase *pass,
                          struct err *err);
bool pki_is_token(const char *where); /* does a name of a key begin with "pkcs11:"? */

/* Read a PEM public key ("BEGIN PUBLIC KEY").  Errors: ERR_USAGE. */
struct pki_key *pki_public(const char *pem, size_t len, const char *name,
                           struct err *err);

/* bits: RSA only (3072).  Errors: ERR_INTERNAL. */
struct pki_key *pki_generate(enum pki_type type, struct err *err);

void pki_free(struct pki_key *key); /* NULL is fine */
void pki_release(struct pki_key **key);

enum pki_type pki_type(const struct pki_key *key);
const char *pki_type_name(enum pki_type type); /* "ECDSA P-256", "RSA 3072+", ... */

/* SHA-256 of the DER SubjectPublicKeyInfo: the key id. */
const struct digest *pki_id(const struct pki_key *key);

enum pki_form pki_form(const struct pki_key *key);
const char *pki_form_name(enum pki_form form); /* "PKCS#8, scrypt", ... */

/* PEM of the public half. */
MUST_USE int pki_public_pem(const struct pki_key *key, struct buf *out, struct err *err);

/*
 * PEM of the private half.  form: plain, scrypt, PBKDF2 or cosign; all but the first want
 * a passphrase.  Errors: ERR_INTERNAL - another form, no private half, no room in out.
 */
MUST_USE int pki_private_pem(const struct pki_key *key, enum pki_form form,
                             const struct secret *passphrase, struct buf *out,
                             struct err *err);

/*
 * Sign: ECDSA over SHA-256 in DER, Ed25519 pure, RSA PKCS#1 v1.5 over SHA-256.
 * out gets at most PKI_SIGNATURE_MAX bytes.
 */
MUST_USE int pki_sign(const struct pki_key *key, const void *bytes, size_t len,
                      struct buf *out, struct err *err);

/*
 * The digest that goes with a key: SHA-384 and SHA-512 with the curves P-384 and P-521,
 * SHA-256 with all others (Ed25519, which hashes for itself, among them).
 */
enum digest_alg pki_digest(const struct pki_key *key);

/*
 * Bytes that signatures are checked over.  Each digest of them is computed once, however
 * many signatures there are; only Ed25519 has to read them for every single one.
 */
struct pki_payload {
    const void *bytes;
    size_t len;
    struct digest digests[DIGEST_SHA384 + 1]; /* by enum digest_alg; alg 0: not yet */
    uint64_t hashed;                          /* bytes, in all */
};

struct pki_payload pki_payload(const void *bytes, size_t len);

/* The digest of all of it, borrowed; NULL when the library fails. */
const struct digest *pki_payload_digest(struct pki_payload *p, enum digest_alg alg);

/*
 * Is this the signature of these bytes by this key over that digest of them, in its one
 * canonical encoding?  Keys on P-384 and P-521 may use any of the digests, others only
 * their own.  Anything but a clear yes, failures of the library included, is false.
 */
bool pki_verify_over(const struct pki_key *key, enum digest_alg alg,
                     struct pki_payload *payload, const void *signature,
                     size_t signature_len);

/* The same over the digest that goes with the key. */
bool pki_verify(const struct pki_key *key, const void *bytes, size_t len,
                const void *signature, size_t signature_len);

#endif
