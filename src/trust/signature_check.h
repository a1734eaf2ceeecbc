/* SPDX-License-Identifier: Apache-2.0 */
/* signature_check.h - which trusted keys signed these bytes, and whether they may be
 * parsed.
 *
 * Layer: trust.
 */
#ifndef TRUST_SIGNATURE_CHECK_H
#define TRUST_SIGNATURE_CHECK_H

#include "base/text_safe.h"
#include "oci/admission.h"
#include "trust/signature.h"
#include "trust/store.h"

/* The result for one signature file. */
struct trust_finding {
    char file[SIGNATURE_NAME_MAX];
    bool is_detached; /* not part of the bundle */
    bool counts;      /* made by a signer of the store */
    struct digest
        key_id; /* key that verified it; otherwise the hint, all zero when absent */
    bool has_key_id;
    const char *key_name; /* file of the trusted key with that id, borrowed, or the
                           * subject of the certificate that counts; or NULL */
    const char *signer;   /* when it counts: its signer, see trust_store_signer() */
    char subject[TEXT_SAFE_MAX]; /* of the signer's certificate, or "" */
    bool has_validity; /* signed with a certificate whose chain has a common validity
                          period, */
    uint64_t valid_from, valid_until; /* which is from .. until, epoch seconds */
    enum err_reason
        reason; /* when it does not count: "bad-signature", "unknown-signer", "revoked" */
    char why[200]; /* the reason as a sentence */
};

struct signature_check {
    struct trust_finding *items; /* one per signature file, in order */
    size_t count;
    size_t counting;     /* distinct keys that signed */
    struct digest index; /* SHA-256 of the signed bytes */
};

#define SIGNATURE_CHECK_INIT                                                             \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Maximum number of files checked; a bundle cannot contain more. */
#define TRUST_FILES_MAX 64

/* A signature file to check; bytes borrowed. */
struct trust_evidence {
    const char *name;
    const char *bytes;
    size_t len;
    bool is_detached; /* next to the bundle, not in it: any form and name counts */
};

/*
 * Check all signature files over a payload.  Signatures that do not count (unknown key,
 * other kind, bad) are listed and ignored.  The store may be empty: then nothing counts
 * (for inspect).  A key is tried only where a file names it, or names none; Ed25519 keys
 * in the second case only until SIGNERS_HASHED_MAX bytes were hashed.
 * Errors: ERR_INTERNAL only; the result is in *out.
 */
#define SIGNERS_HASHED_MAX (1ULL << 30)
MUST_USE int signature_check(struct signature_check *out, struct pki_payload *payload,
                             const struct trust_evidence *files, size_t file_count,
                             const struct trust_store *store, struct err *err);
void signature_check_release(struct signature_check *s);

/*
 * Whether these bytes may be parsed: at least one trusted key must have signed them, and
 * this index must not be revoked.
 * Errors: ERR_TRUST - "unsigned" (no signature file at all), "bad-signature" (a trusted
 * key is named, but the signature is not over these bytes; or no file is a supported
 * signature), "revoked", "unknown-signer" (all others; the hint contains the key id to
 * compare, and the next step).
 */
MUST_USE int trust_admit(const struct signature_check *signers,
                         const struct trust_store *store, struct admission *out,
                         struct err *err);

/*
 * Admission with --insecure-skip-verify.
 * Errors: ERR_TRUST - "override-denied", "revoked".
 */
MUST_USE int trust_admit_unchecked(const struct signature_check *signers,
                                   const struct trust_store *store, struct admission *out,
                                   struct err *err);

#endif
