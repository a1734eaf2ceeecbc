/* SPDX-License-Identifier: Apache-2.0 */
/* missing.h - the list of missing names in a bundle.
 *
 * Layer: ops.
 * Source: docs/bundle-format.md, "Complete".
 */
#ifndef OPS_PLAN_MISSING_H
#define OPS_PLAN_MISSING_H

#include "ops/plan/plan.h"

/*
 * The missing names, and the missing children of indexes by digest: sorted, without
 * duplicates.  The plan has its failures, and the entries and graph of its set.
 * Errors: ERR_LIMIT - more than BUNDLE_MISSING_MAX.
 */
MUST_USE int missing_of(struct missing_list *out, const struct plan *plan,
                        struct err *err);

#endif
