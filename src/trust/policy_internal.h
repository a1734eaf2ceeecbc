/* SPDX-License-Identifier: Apache-2.0 */
/* policy_internal.h - what the readers of policy.json share.
 *
 * policy.c         streams, settings, the whole
 * policy_signers.c people: keys and certificates
 * policy_fields.c    names, words, numbers, lists
 *
 * Layer: trust, private.
 */
#ifndef TRUST_POLICY_INTERNAL_H
#define TRUST_POLICY_INTERNAL_H

#include "io/json/json.h"
#include "trust/policy.h"

#define policy_error(err, ...) err_set(err, ERR_USAGE, __VA_ARGS__)

/* ---- policy_signers.c ---- */

/* What is filled while the members of an object are visited. */
struct policy_visit {
    struct policy *policy;
    struct err *err;
};

/* For js_each() over "signers"; ctx: a struct policy_visit. */
int policy_read_signer(const char *key, const struct js *value, void *ctx);

/* A key that stood for two people would let one of them be both. */
MUST_USE int policy_check_keys_differ(const struct policy *p, struct err *err);

#endif
