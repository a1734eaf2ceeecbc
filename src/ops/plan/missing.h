/* SPDX-License-Identifier: Apache-2.0 */
/* missing.h - the list of missing names in a bundle.
 *
 * Layer: ops.
 * Source: docs/bundle-format.md, "Complete".
 */
#ifndef OPS_PLAN_MISSING_H
#define OPS_PLAN_MISSING_H

#include "images/image_set.h"
#include "ops/plan/plan_name.h"

/*
 * The names that failed, and the missing children of indexes by digest: sorted, without
 * duplicates and without what the set has.  origins: by graph id, the name in whose
 * repository an object is.
 * Errors: ERR_LIMIT - more than BUNDLE_MISSING_MAX.
 */
MUST_USE int missing_of(struct missing_list *out, const struct missing_list *failed,
                        const struct image_set *set, const struct plan_name *names,
                        const uint32_t *origins, struct err *err);

#endif
