/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - whether a bundle may be used here and now: policy, time and recorded state
 * applied to its signers and its claims.
 *
 * Layer: trust.
 * Source: docs/trust.md.
 */
#ifndef TRUST_VERDICT_H
#define TRUST_VERDICT_H

#include "trust/signature_check.h"
#include "trust/state.h"
#include "trust/trusted_time.h"

/* The claims in index.json, once it may be parsed.  stream is borrowed. */
struct trust_claims {
    const char *stream;
    uint64_t serial, created, expires; /* epoch seconds */
    bool has_expires;
    size_t missing; /* number of objects that the export could not fetch */
};

/* The overrides that the user requested. */
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
    const char *signers[TRUST_FILES_MAX]; /* signers that counted, each once; borrowed */
    size_t signer_count;
    uint64_t threshold;                       /* the required number */
    const struct policy_stream *rule;         /* or NULL: no policy */
    enum trust_override overrides[OVERRIDES]; /* those that acceptance depends on */
    size_t override_count;
    bool is_again; /* identical to the bundle accepted last */
};

/*
 * Whether the policy allows these overrides.
 * Errors: ERR_TRUST "override-denied".
 */
MUST_USE int trust_check_wishes(const struct trust_store *store,
                                const struct trust_wishes *wishes, struct err *err);

/*
 * Whether enough authorised signers signed for this stream.  skipped: signatures are not
 * required; all other conditions of the policy still apply.
 * Errors: ERR_TRUST "stream", "threshold", "revoked".
 */
MUST_USE int trust_judge_signers(struct trust_verdict *v, const struct trust_store *store,
                                 const struct signature_check *signers, bool skipped,
                                 const struct trust_claims *claims,
                                 const struct trusted_time *now, struct err *err);

/*
 * Whether enough signers of the next version of the store signed.
 * Errors: ERR_TRUST "threshold", "unknown-signer", "revoked".
 */
MUST_USE int trust_judge_root(const struct trust_store *store,
                              const struct signature_check *signers,
                              const struct trusted_time *now, struct err *err);

/*
 * Whether the bundle is neither too old nor from the future.
 * Errors: ERR_TRUST "expired", "clock".
 */
MUST_USE int trust_judge_age(struct trust_verdict *v, const struct trust_store *store,
                             const struct trust_claims *claims,
                             const struct trusted_time *now,
                             const struct trust_wishes *wishes,
                             const struct events *events, struct err *err);

/*
 * Whether the bundle is not older than the last accepted one.  last NULL: none is
 * recorded.
 * Errors: ERR_TRUST "rollback", "equivocation".
 */
MUST_USE int trust_judge_order(struct trust_verdict *v, const struct trust_claims *claims,
                               const struct digest *index, const struct trust_last *last,
                               const struct trust_wishes *wishes,
                               const struct events *events, struct err *err);

/*
 * Whether the bundle contains everything it was made for.
 * Errors: ERR_TRUST "incomplete-bundle".
 */
MUST_USE int trust_judge_whole(struct trust_verdict *v, const struct trust_claims *claims,
                               const struct trust_wishes *wishes,
                               const struct events *events, struct err *err);

#endif
