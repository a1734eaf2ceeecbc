/* SPDX-License-Identifier: Apache-2.0 */
/* look.h - determine what a name consists of: its platforms, sizes, digests, and what is
 * attached to it.  Fetches documents and small configs, never a layer.
 *
 * Layer: ops.
 */
#ifndef OPS_LOOK_LOOK_H
#define OPS_LOOK_LOOK_H

#include "images/image_details.h"
#include "ops/plan/plan.h"

struct name_content {
    struct plan plan;
    struct image_details *images; /* one for each entry of the plan's set */
};

#define LOOK_INIT                                                                        \
    {                                                                                    \
        .plan = PLAN_INIT                                                                \
    }
void look_release(struct name_content *l);

/*
 * What an index lists and the source does not have is missing in the set.  *out is
 * complete also when ERR_PARTIAL is returned.
 * Errors: those of resolve() and plan.h; ERR_NOT_FOUND - no image of an index is
 * available; ERR_PARTIAL - something could not be fetched.
 */
MUST_USE int look_at_name(struct name_content *out, const struct reference *name,
                          const struct image_source *source, struct run *run,
                          struct err *err);

#endif
