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

#endif
