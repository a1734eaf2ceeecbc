/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/import/accept.h"

#include "ops/receipt/receipt_fetch.h"
#include "ops/verify/policy_check.h"

int
accept_begin(struct verified *v, const struct verify_options *options,
             const struct push_plan *plan, const struct target *target,
             struct client *client, struct err *err)
{
    struct trust_last last;
    int rc;

    if (push_plan_check_targets(plan, v->verdict.rule, v->meta.stream, err) < 0)
        return -1;
    if (!target || v->has_last || !policy_check_has_memory(v, options))
        return 0;
    rc = receipt_recall(v, options, target, client, &last, err);
    return rc == 1 ? policy_check_judge_last(v, options, &last, err) : rc;
}
