/* SPDX-License-Identifier: Apache-2.0 */
/* push_children.h - blobs that an index lists among its manifests.
 *
 * The media type of such a child is unknown: some registries accept the index only when
 * the child was pushed as a manifest, others accept the child only as a blob.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_CHILDREN_H
#define OPS_PUSH_PUSH_CHILDREN_H

#include "ops/push/push_context.h"

#define CHILD_BYTES_MAX (4U << 20) /* larger children are always blobs */

enum child_end {
    CHILD_IS_BLOB, /* to be pushed as a blob: not a child, not JSON, or refused */
    CHILD_THERE,   /* present as a manifest */
};

/*
 * If an index lists this blob and it is a JSON object: check whether it is present as a
 * manifest, and otherwise push it as one, with the media type of its descriptor.  A dry
 * run only checks. Errors: those of pull.h and push.h, except refusals.
 */
MUST_USE int push_child(struct push_context *push, unsigned worker, struct placement *p,
                        enum child_end *end, struct err *err);

/* Fetch a child that is present as a manifest, and verify it.  Errors: those of pull.h.
 */
MUST_USE int push_read_back_child(struct push_context *push, unsigned worker,
                                  const struct placement *p, struct err *err);

#endif
