/* SPDX-License-Identifier: Apache-2.0 */
/* signature.h - signature files: sigstore bundles v0.3 over the raw bytes of index.json.
 *
 * Layer: trust.
 * Source: docs/bundle-format.md, "Signature"; sigstore protobuf-specs, Bundle v0.3.
 */
#ifndef TRUST_SIGNATURE_H
#define TRUST_SIGNATURE_H

#include "base/buf.h"
#include "io/crypto/pki.h"

#define SIGNATURE_NAME_MAX 64 /* bytes of "<keyid16>.sigstore.json" and its NUL */

/* Sign these bytes; out receives the one-line file, name its name. */
MUST_USE int signature_make(const struct pki_key *key, const void *bytes, size_t len,
                            struct buf *out, char name[SIGNATURE_NAME_MAX],
                            struct err *err);

/*
 * The raw signatures that a file may contain, to be tried with each key: that of a
 * sigstore bundle, else the whole content, and the content decoded from base64 (with or
 * without line breaks).
 * Errors: ERR_TRUST "bad-signature" - an unsupported sigstore bundle.
 */
#define SIGNATURE_BARE_MAX 2

struct signature_bare {
    struct buf items[SIGNATURE_BARE_MAX];
    size_t count;
};

#define SIGNATURE_BARE_INIT                                                              \
    {                                                                                    \
        .items = { BUF_INIT(PKI_SIGNATURE_MAX), BUF_INIT(PKI_SIGNATURE_MAX) }            \
    }

MUST_USE int signature_bare(struct signature_bare *out, const char *file, size_t len,
                            struct err *err);
void signature_bare_release(struct signature_bare *b);

/* "<keyid16>.sigstore.json", or ".p7s" for a signature by a certificate with that key. */
void signature_name(char out[SIGNATURE_NAME_MAX], const struct digest *key_id,
                    bool is_cms);

/*
 * Whether a raw signature made elsewhere is one of these bytes by that key.  *alg: the
 * digest it is over, when the key may use several.
 */
bool signature_find(const struct pki_key *key, struct pki_payload *payload,
                    const struct buf *raw, enum digest_alg *alg);

/* Make the signature file for what signature_find() found. */
MUST_USE int signature_wrap(const struct pki_key *key, struct pki_payload *payload,
                            const struct buf *raw, enum digest_alg alg, struct buf *out,
                            char name[SIGNATURE_NAME_MAX], struct err *err);

/* A parsed signature file; not yet verified. */
struct signature {
    bool has_hint;
    struct digest hint; /* key id in the file: selects a key, proves nothing */
    bool has_digest;
    struct digest digest; /* messageDigest: of the signed bytes */
    struct buf raw;       /* the signature itself */
};

#define SIGNATURE_INIT                                                                   \
    {                                                                                    \
        .raw = BUF_INIT(PKI_SIGNATURE_MAX)                                               \
    }

/*
 * Shape:  exactly the fields signature_make() writes (the hint and, for Ed25519, the
 *         digest may be empty or absent; verificationMaterial may contain an empty
 *         tlogEntries and timestampVerificationData); canonical base64; nothing else.
 * Errors: ERR_TRUST "bad-signature", with the cause.
 */
MUST_USE int signature_parse(struct signature *out, const char *bytes, size_t len,
                             struct err *err);
void signature_release(struct signature *s);

/* Verify the signature of these bytes by that key, over the digest that
 * messageDigest.algorithm names. */
bool signature_verify(const struct signature *s, const struct pki_key *key,
                      struct pki_payload *payload);

/* Whether the messageDigest, if present, is that of these bytes. */
bool signature_fits(const struct signature *s, struct pki_payload *payload);

/*
 * Whether name and bytes are exactly what signature_wrap() makes of that signature for
 * that key.  Nothing else counts inside a bundle.
 */
bool signature_is_canonical(const struct signature *s, const struct pki_key *key,
                            struct pki_payload *payload, const char *name,
                            const char *file, size_t file_len);

/* Whether this file, with that name, is a canonical one with a valid signature by that
 * key. */
bool signature_is_by(const struct pki_key *key, const char *name, const char *file,
                     size_t file_len, struct pki_payload *payload);

#endif
