/* SPDX-License-Identifier: Apache-2.0 */
/* policy_check.h - the policy, the clock and the recorded state, applied to a bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_POLICY_CHECK_H
#define OPS_VERIFY_POLICY_CHECK_H

#include "ops/verify/verified.h"

/*
 * Whether this bundle may be used here and now.  Fills in the claims of the head and the
 * verdict.
 * Errors: those of verdict.h and state.h; ERR_INTEGRITY of index.json.
 */
MUST_USE int policy_check_judge(struct verified *v, const struct verify_options *options,
                                struct err *err);

/* The claims of a bundle in the form trust/ uses; borrows the stream. */
struct trust_claims policy_check_claims(const struct bundle_meta *meta,
                                        const struct missing_list *missing);

/* Whether the order of bundles is checked: state is kept, and the signature was
 * checked. */
bool policy_check_has_memory(const struct verified *v,
                             const struct verify_options *options);

/*
 * With a record from elsewhere: check the order again.
 * Errors: ERR_TRUST "rollback", "equivocation".
 */
MUST_USE int policy_check_judge_last(struct verified *v,
                                     const struct verify_options *options,
                                     const struct trust_last *last, struct err *err);

/*
 * Record the import as partial or complete; the last step of all.
 * Errors: ERR_LOCAL.
 */
MUST_USE int policy_check_remember(const struct verified *v,
                                   const struct verify_options *options, bool is_partial,
                                   struct err *err);

#endif
