/* SPDX-License-Identifier: Apache-2.0 */
/* push_children.h - blobs that an index lists among its manifests.
 *
 * What such a child is, only its makers know: some registries accept the index only when
 * it was put as a manifest, others take it only as a blob.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_CHILDREN_H
#define OPS_PUSH_PUSH_CHILDREN_H

#include "ops/push/push_context.h"

#define CHILD_BYTES_MAX (4U << 20) /* a larger one is only a blob */

enum child_end {
    CHILD_IS_BLOB, /* bring it as a blob: it is not one of these, or was refused */
    CHILD_THERE,   /* nothing is left to do */
};

/*
 * Where a JSON object is listed by an index, look for it as a manifest, and put it as one
 * with the type of its descriptor, unless it is there in one form or the other.  With
 * dry_run only look.
 * Errors: those of pull.h and push.h, unless it was refused.
 */
MUST_USE int push_child(struct push_context *push, unsigned worker, struct placement *p,
                        enum child_end *end, struct err *err);

/* Fetch one that was put as a manifest, and compare.  Errors: those of pull.h. */
MUST_USE int push_read_back_child(struct push_context *push, unsigned worker,
                                  const struct placement *p, struct err *err);

#endif
