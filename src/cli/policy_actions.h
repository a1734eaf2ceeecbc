/* SPDX-License-Identifier: Apache-2.0 */
/* policy_actions.h - "trust policy" writes a policy, "trust check" explains one.
 *
 * Layer: cli.
 */
#ifndef CLI_POLICY_ACTIONS_H
#define CLI_POLICY_ACTIONS_H

#include "cli/files.h"
#include "cli/opt.h"
#include "cli/registry_options.h"
#include "render/result.h"

#define POLICY_DAYS_MAX 36500

struct policy_options {
    const char *stream;
    struct opt_list signers; /* each one or several, with commas between them */
    struct opt_number threshold, max_age_days;
    bool may_replace;
};

/* T has the member policy. */
#define POLICY_OPTIONS(T)                                                                \
    TEXT(T, policy.stream, 0, "stream", "STREAM",                                        \
         "policy: the stream of the rule, or a prefix and '*'", .from = OPT_FROM_LINE),  \
        LIST(T, policy.signers, 0, "signers", "NAME,...",                                \
             "policy: those who may sign it: names, or files of public keys to add",     \
             .from = OPT_FROM_LINE),                                                     \
        NUMBER(T, policy.threshold, 0, "threshold", "N", POLICY_LIST_MAX,                \
               "policy: how many of them have to sign", .from = OPT_FROM_LINE),          \
        NUMBER(T, policy.max_age_days, 0, "max-age-days", "N", POLICY_DAYS_MAX,          \
               "policy: bundles expire N days after they were made",                     \
               .from = OPT_FROM_LINE),                                                   \
        FLAG(T, policy.may_replace, 0, "update",                                         \
             "policy: change the policy in force, as its next version",                  \
             .from = OPT_FROM_LINE)

/* Whether any of them is given. */
bool policy_options_given(const struct policy_options *o);

/* The keys to add, of all signers. */
void policy_options_files(const struct policy_options *o, struct files *f);

/* Write the policy of the store in dir, and explain it. */
MUST_USE int policy_action_write(const struct policy_options *o, const char *dir,
                                 struct result *r, struct err *err);

/*
 * Explain the policy of the store in dir, or the one in a file unless that is NULL.
 * hints: adds what to type to a finding.
 * Errors: the first of those in the policy.
 */
MUST_USE int policy_action_check(const char *dir, const char *path,
                                 void (*hints)(struct err *err, const void *ctx),
                                 const void *ctx, struct result *r, struct err *err);

#endif
