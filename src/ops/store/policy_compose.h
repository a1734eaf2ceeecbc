/* SPDX-License-Identifier: Apache-2.0 */
/* policy_compose.h - the text of policy.json with the rule of one stream changed.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_POLICY_COMPOSE_H
#define OPS_STORE_POLICY_COMPOSE_H

#include "ops/store/store_edit.h"

/* A rule to write.  All borrowed. */
struct policy_wish {
    const char *stream; /* a name, or a prefix and '*' */
    /* Signers: a name in the policy; NAME of keys/NAME.pub; or the path of a public key,
     * to be added to the store: see policy_wants_file(). */
    char *const *signers;
    const struct trust_added *keys; /* of each that is a path, as it was looked at */
    size_t signer_count;
    uint64_t threshold;    /* 0: not given, the same as 1 */
    uint64_t max_age_days; /* 0: not given, as before */
    bool may_replace;      /* a policy in force may get its next version */
};

/* What a signer of a wish is in the policy. */
struct policy_name {
    char *signer;
    char *key; /* the file in keys/ of a new signer; NULL: before has this signer */
};

/*
 * before: the text in force, whose other parts are kept, or NULL: then the same signers
 * are the root.  names: one for each signer.
 * Returns: 1 and the text of the next version, 0 when before says this already, -1.
 * Errors:  ERR_USAGE, ERR_LIMIT.
 */
int policy_compose(const char *before, const struct policy_wish *wish,
                   const struct policy_name *names, struct buf *out, struct err *err);

#endif
