/* SPDX-License-Identifier: Apache-2.0 */
/* push_referrers.h - keep lists of referrers where the registry keeps none.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_REFERRERS_H
#define OPS_PUSH_PUSH_REFERRERS_H

#include "ops/push/push_context.h"

/* See that what belongs to something is listed there: by the registry, or by us. */
MUST_USE int push_referrer_lists(struct push_context *push, struct err *err);

#endif
