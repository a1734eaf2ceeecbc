/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h - key pairs and raw signatures.  Formats of signature files are in trust/.
 *
 * Layer: io.  With hash.c the only user of OpenSSL.
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

/* The first three sign; signatures of all are verified. */
enum pki_type {
    PKI_ECDSA_P256 = 1,
    PKI_ED25519,
    PKI_RSA, /* 3072 bits and more */
    PKI_ECDSA_P384,
    PKI_ECDSA_P521,
    PKI_RSA_2048, /* 2048 bits and more: too weak for signatures that are kept for years
                   */
};

/* How a private key is stored. */
enum pki_form {
    PKI_FORM_NONE = 0, /* not stored: generated in memory, or a public key */
    PKI_FORM_PLAIN,    /* PKCS#8 or traditional PEM, not encrypted */
    PKI_FORM_SCRYPT,   /* PKCS#8 under scrypt */
    PKI_FORM_PBKDF2,   /* PKCS#8 under PBKDF2, which FIPS 140 allows */
    PKI_FORM_OLD,      /* a legacy encryption, which is read but never written */
    PKI_FORM_COSIGN,   /* cosign's key file: scrypt and secretbox */
    PKI_FORM_TOKEN,    /* in a smart card or HSM, which it never leaves */
};

#define PKI_KEY_FILE_MAX  (64 * 1024) /* bytes of a PEM file */
#define PKI_SIGNATURE_MAX 1024        /* bytes; RSA up to 8192 bits */

struct pki_key; /* a public key, optionally with its private half */

/*
 * Source of a passphrase, called only when the file is encrypted. ask() fills *out, or
 * returns -1 (ERR_AUTH: no passphrase available).
 */
struct pki_passphrase {
    int (*ask)(void *ctx, const char *what, struct secret *out, struct err *err);
    void *ctx;
};

/* bits: RSA only (3072).  Errors: ERR_INTERNAL. */
struct pki_key *pki_generate(enum pki_type type, struct err *err);

void pki_free(struct pki_key *key); /* NULL is allowed */
void pki_release(struct pki_key **key);

enum pki_type pki_type(const struct pki_key *key);
const char *pki_type_name(enum pki_type type); /* "ECDSA P-256", "RSA 3072+", ... */

/* SHA-256 of the DER SubjectPublicKeyInfo: the key id. */
const struct digest *pki_id(const struct pki_key *key);

enum pki_form pki_form(const struct pki_key *key);
const char *pki_form_name(enum pki_form form); /* "PKCS#8, scrypt", ... */

/*
 * The bytes that signatures are checked over.  Each digest of them is computed once for
 * all signatures; only Ed25519 reads all bytes for each signature.
 */
struct pki_payload {
    const void *bytes;
    size_t len;
    struct digest
        digests[DIGEST_SHA384 + 1]; /* by enum digest_alg; alg 0: not yet computed */
    uint64_t hashed;                /* bytes hashed so far */
};

#endif
