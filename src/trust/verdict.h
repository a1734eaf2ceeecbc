/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - may this bundle be used, here and now?  Policy, time and memory applied to
 * who signed it and what it says about itself.
 *
 * Layer:  trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_VERDICT_H
#define TRUST_VERDICT_H

#include "trust/signature_check.h"
#include "trust/state.h"
#include "trust/trusted_time.h"

/* What index.json says, once it may be parsed.  stream is borrowed. */
struct trust_claims {
    const char *stream;
    uint64_t serial, created, expires; /* epoch seconds */
    bool has_expires;
    size_t missing; /* things that the export could not have */
};

/* What the user asked to be let off. */
struct trust_wishes {
    bool rollback;
    const char *expired; /* the reason given, or NULL */
    bool incomplete;
};

enum trust_override { OVERRIDE_ROLLBACK, OVERRIDE_EXPIRED, OVERRIDE_INCOMPLETE };
#define OVERRIDES (OVERRIDE_INCOMPLETE + 1)

/* The word in results: "rollback", "expired", "incomplete". */
const char *trust_override_name(enum trust_override o);

struct trust_verdict {
    const char *signers[TRUST_FILES_MAX]; /* names that counted, each once; borrowed */
    size_t signer_count;
    uint64_t threshold;                       /* that had to be reached */
    const struct policy_stream *rule;         /* or NULL: no policy */
    enum trust_override overrides[OVERRIDES]; /* without which it would be refused */
    size_t override_count;
    bool is_again; /* the very bundle that was accepted last */
};

/*
 * Are these wishes the policy's to grant?
 * Errors: ERR_TRUST "override-denied".
 */
MUST_USE int trust_check_wishes(const struct trust_store *store,
                                const struct trust_wishes *wishes, struct err *err);

/*
 * Enough of the right people, for this stream?  skipped: the user wants no signature;
 * what else the policy asks still holds. Errors: ERR_TRUST "stream", "threshold",
 * "revoked".
 */
MUST_USE int trust_judge_signers(struct trust_verdict *v, const struct trust_store *store,
                                 const struct signature_check *signers, bool skipped,
                                 const struct trust_claims *claims,
                                 const struct trusted_time *now, struct err *err);

/*
 * Enough of those who may sign the next version of the store?
 * Errors: ERR_TRUST "threshold", "unknown-signer", "revoked".
 */
MUST_USE int trust_judge_root(const struct trust_store *store,
                              const struct signature_check *signers,
                              const struct trusted_time *now, struct err *err);

/*
 * Not too old, and not from the future?
 * Errors: ERR_TRUST "expired", "clock".
 */
MUST_USE int trust_judge_age(struct trust_verdict *v, const struct trust_store *store,
                             const struct trust_claims *claims,
                             const struct trusted_time *now,
                             const struct trust_wishes *wishes,
                             const struct events *events, struct err *err);

/*
 * Not before what was accepted last?  last NULL: nothing is remembered.
 * Errors: ERR_TRUST "rollback", "equivocation".
 */
MUST_USE int trust_judge_order(struct trust_verdict *v, const struct trust_claims *claims,
                               const struct digest *index, const struct trust_last *last,
                               const struct trust_wishes *wishes,
                               const struct events *events, struct err *err);

/*
 * Is all there that it was made for?
 * Errors: ERR_TRUST "incomplete-bundle".
 */
MUST_USE int trust_judge_whole(struct trust_verdict *v, const struct trust_claims *claims,
                               const struct trust_wishes *wishes,
                               const struct events *events, struct err *err);

#endif
