/* SPDX-License-Identifier: Apache-2.0 */
/* push_sparse.h - find out early whether the target accepts a sparse index: one that
 * lists children which were omitted.  Many registries reject it.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_SPARSE_H
#define OPS_PUSH_PUSH_SPARSE_H

#include "ops/push/push_context.h"

/*
 * Push the smallest image with a sparse index, complete, by digest.  Does nothing when
 * all such images that are wanted exist at the target.  With keep_going, a rejected index
 * fails all images with sparse indexes, and the placements are computed again without
 * them.
 * Errors: ERR_PROTOCOL "sparse-index", "incomplete-index"; those of push_blobs.h and
 * push_manifests.h.
 */
MUST_USE int push_try_sparse(struct push_context *push, struct err *err);

/* For push_plan_place(): whether this image of a push_result is neither skipped nor
 * failed. */
bool push_is_wanted(void *result, size_t name);

#endif
