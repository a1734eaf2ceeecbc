/* SPDX-License-Identifier: Apache-2.0 */
/* signature_check.h - who signed these bytes, among the keys the user trusts, and what
 * follows.
 *
 * Layer: trust.
 */
#ifndef TRUST_SIGNATURE_CHECK_H
#define TRUST_SIGNATURE_CHECK_H

#include "base/text_safe.h"
#include "oci/admission.h"
#include "trust/signature.h"
#include "trust/store.h"

/* What became of one signature file. */
struct trust_finding {
    char file[SIGNATURE_NAME_MAX];
    bool is_detached;     /* not one of the bundle */
    bool counts;          /* made by somebody the store knows */
    struct digest key_id; /* that verified; without one: the hint, all zero when none */
    bool has_key_id;
    const char *key_name; /* file of the trusted key with that id, borrowed, or the
                           * subject of the certificate that counts; or NULL */
    const char *signer;   /* when it counts: whose it is, as trust_store_signer() says */
    char subject[TEXT_SAFE_MAX];      /* of the certificate that made it, or "" */
    bool has_validity;                /* by a certificate: its whole chain is valid */
    uint64_t valid_from, valid_until; /* from then until then, epoch seconds */
    enum err_reason reason; /* when not: "bad-signature", "unknown-signer", "revoked" */
    char why[200];          /* the same as a sentence */
};

struct signature_check {
    struct trust_finding *items; /* one for each signature file, in order */
    size_t count;
    size_t counting;     /* distinct keys that signed */
    struct digest index; /* SHA-256 of the bytes judged */
};

#define SIGNATURE_CHECK_INIT                                                             \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Files that are looked at; a bundle has no more of them. */
#define TRUST_FILES_MAX 64

/* A signature file to judge; bytes borrowed. */
struct trust_evidence {
    const char *name;
    const char *bytes;
    size_t len;
    bool is_detached; /* it lies beside the bundle: any form counts, under any name */
};

/*
 * Judge all signature files over a payload.  Signatures that do not count (unknown key,
 * other kind, bad) are listed and ignored.  The store may be empty: then nothing counts
 * (for inspect).  A key is tried only where a file names it, or names none; Ed25519 keys
 * in the second case only until SIGNERS_HASHED_MAX bytes were hashed.
 * Errors: ERR_INTERNAL only; what was found is in *out.
 */
#define SIGNERS_HASHED_MAX (1ULL << 30)
MUST_USE int signature_check(struct signature_check *out, struct pki_payload *payload,
                             const struct trust_evidence *files, size_t file_count,
                             const struct trust_store *store, struct err *err);
void signature_check_release(struct signature_check *s);

/*
 * May these bytes be parsed?  At least one key must have signed, and this very index must
 * not be revoked.
 * Errors: ERR_TRUST - "unsigned" (no signature file at all), "bad-signature" (a trusted
 * key is named, but the signature is not over these bytes; or no file is a signature we
 * could read), "revoked", "unknown-signer" (all others; hint: the key id to compare, and
 * what to do then).
 */
MUST_USE int trust_admit(const struct signature_check *signers,
                         const struct trust_store *store, struct admission *out,
                         struct err *err);

/*
 * The user said --insecure-skip-verify.
 * Errors: ERR_TRUST - "override-denied", "revoked".
 */
MUST_USE int trust_admit_unchecked(const struct signature_check *signers,
                                   const struct trust_store *store, struct admission *out,
                                   struct err *err);

#endif
