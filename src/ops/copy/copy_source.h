/* SPDX-License-Identifier: Apache-2.0 */
/* copy_source.h - the objects of a plan, as the source of a push.
 *
 * Layer: ops.
 */
#ifndef OPS_COPY_COPY_SOURCE_H
#define OPS_COPY_COPY_SOURCE_H

#include "images/image_source.h"
#include "ops/plan/plan.h"

/* The source of the plan, behind the plan's cache.  All borrowed. */
struct copy_source {
    const struct plan *plan;
    const struct image_source *inner;
    bool foreign_layers; /* those that the source lacks come from their URLs */
};

/* Objects of the plan's set: documents and other small ones from memory, blobs from the
 * repository where they were found. */
struct image_source copy_source(struct copy_source *s);

/* A name in whose repository the plan found an object. */
const struct reference *copy_source_origin(const struct copy_source *s,
                                           const struct digest *digest);

#endif
