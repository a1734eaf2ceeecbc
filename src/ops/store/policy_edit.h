/* SPDX-License-Identifier: Apache-2.0 */
/* policy_edit.h - write policy.json: the rule of one stream, and its signers.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_POLICY_EDIT_H
#define OPS_STORE_POLICY_EDIT_H

#include "ops/store/policy_compose.h"

struct policy_change {
    uint64_t before, version; /* of the policy; before 0: there was none */
    bool is_written;          /* false: it said this already */
};

/* Whether a signer is the path of a key: it has a '/', or ends with ".pub". */
bool policy_wants_file(const char *signer);

/*
 * Write the rule.  All else in a policy in force stays as it is, but its version is one
 * higher.  The store, created when it is missing, is read as it will be before anything
 * is written; policy.json is replaced atomically.  dir NULL: the default store.
 * Errors: ERR_CONFLICT "in-force" - wish->may_replace is required; ERR_NOT_FOUND - an
 *         unknown signer; ERR_USAGE; those of trust_add() and trust_store_open().
 */
MUST_USE int policy_write(const char *dir, const struct policy_wish *wish,
                          struct policy_change *out, struct err *err);

#endif
