/* SPDX-License-Identifier: Apache-2.0 */
/* push_referrers.h - lists of referrers at registries without the API.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_REFERRERS_H
#define OPS_PUSH_PUSH_REFERRERS_H

#include "ops/push/push_context.h"

/* Make sure that referrers are listed: by the registry, or by updating the list. */
MUST_USE int push_referrer_lists(struct push_context *push, struct err *err);

#endif
