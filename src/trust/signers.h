/* signers.h - who signed these bytes, among the keys the user trusts, and what follows.
 *
 * Layer: trust.
 */
#ifndef TRUST_SIGNERS_H
#define TRUST_SIGNERS_H

#include "oci/admission.h"
#include "trust/signature.h"

#include <stdint.h>

/* The keys that count: given by --key. */
struct trust_keys {
    struct pki_key **items;
    char **names; /* the files they came from */
    size_t count, cap;
};

#define TRUST_KEYS_INIT                                                                  \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Errors: ERR_USAGE - not a public key; ERR_NOT_FOUND, ERR_LOCAL. */
MUST_USE int trust_keys_add(struct trust_keys *keys, const char *path, struct err *err);
void trust_keys_release(struct trust_keys *keys);

/* What became of one signature file. */
struct trust_finding {
    char file[SIGNATURE_NAME_MAX];
    bool counts;          /* made by one of the keys */
    struct digest key_id; /* that verified; without one: the hint, all zero when none */
    bool has_key_id;
    const char *key_name; /* file of the trusted key with that id, borrowed; or NULL */
    const char *reason;   /* when it does not count: "bad-signature", "unknown-signer" */
    char why[200];        /* the same as a sentence */
};

struct trust_signers {
    struct trust_finding *items; /* one for each signature file, in order */
    size_t count;
    size_t counting;     /* distinct keys that signed */
    struct digest index; /* SHA-256 of the bytes judged */
};

#define TRUST_SIGNERS_INIT                                                               \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* A signature file to judge; bytes borrowed. */
struct trust_evidence {
    const char *name;
    const char *bytes;
    size_t len;
};

/*
 * Judge all signature files.  Signatures that do not count (unknown key, other kind, bad)
 * are listed and ignored.  keys may be empty: then nothing counts (for inspect).
 * Errors: ERR_INTERNAL only; what was found is in *out.
 */
MUST_USE int trust_signers(struct trust_signers *out, const void *bytes, size_t len,
                           const struct trust_evidence *files, size_t file_count,
                           const struct trust_keys *keys, struct err *err);
void trust_signers_release(struct trust_signers *s);

/*
 * May these bytes be parsed?  At least one key must have signed.
 * Errors: ERR_TRUST - "unsigned" (no signature file at all), "bad-signature" (a trusted
 * key is named, but the signature is not over these bytes; or no file is a signature we
 * could read), "unknown-signer" (all others; hint: the key id to compare).
 */
MUST_USE int trust_admit(const struct trust_signers *signers, struct admission *out,
                         struct err *err);

/*
 * Is the bundle still meant to be used at that time (epoch seconds)?
 * Errors: ERR_TRUST "expired".
 */
MUST_USE int trust_check_expiry(uint64_t expires, uint64_t now, struct err *err);

/* The user said --insecure-skip-verify. */
MUST_USE int trust_admit_unchecked(const void *bytes, size_t len, struct admission *out,
                                   struct err *err);

#endif
