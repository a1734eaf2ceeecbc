/* SPDX-License-Identifier: Apache-2.0 */
/* policy_check.h - the policy, the clock and the memory of this host, applied to a
 * bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_POLICY_CHECK_H
#define OPS_VERIFY_POLICY_CHECK_H

#include "ops/verify/verified.h"

/*
 * May this bundle be used here and now?  Fills in what the head says and the verdict.
 * Errors: those of verdict.h and state.h; ERR_INTEGRITY of index.json.
 */
MUST_USE int policy_check_judge(struct verified *v, const struct verify_options *options,
                                struct err *err);

/* What a bundle says about itself, as trust/ wants to see it; borrows the stream. */
struct trust_claims policy_check_claims(const struct bundle_meta *meta,
                                        const struct missing_list *missing);

/* Is this bundle's order kept: is there a memory, and was its signature checked? */
bool policy_check_has_memory(const struct verified *v,
                             const struct verify_options *options);

/*
 * Something was remembered elsewhere: judge the order again.
 * Errors: ERR_TRUST "rollback", "equivocation".
 */
MUST_USE int policy_check_judge_last(struct verified *v,
                                     const struct verify_options *options,
                                     const struct trust_last *last, struct err *err);

/*
 * Remember that it was imported, in part or whole; the last step of all.
 * Errors: ERR_LOCAL.
 */
MUST_USE int policy_check_remember(const struct verified *v,
                                   const struct verify_options *options, bool is_partial,
                                   struct err *err);

#endif
