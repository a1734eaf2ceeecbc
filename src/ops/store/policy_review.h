/* SPDX-License-Identifier: Apache-2.0 */
/* policy_review.h - what is wrong with a policy, and what is dangerous about it.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_POLICY_REVIEW_H
#define OPS_STORE_POLICY_REVIEW_H

#include "ops/store/policy_look.h"

#include <stdint.h>

#define REVIEW_SOON                                                                      \
    (UINT64_C(30) * 86400) /* seconds: an end within them is a warning                   \
                            */

/* Judge what was read; now: epoch seconds. */
void policy_review(const struct policy_look *look, uint64_t now, struct findings *f);

#endif
