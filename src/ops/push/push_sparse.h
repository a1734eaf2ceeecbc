/* SPDX-License-Identifier: Apache-2.0 */
/* push_sparse.h - does the target take an index that lists what is not there?  Many do
 * not, and say so only when they get one.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_SPARSE_H
#define OPS_PUSH_PUSH_SPARSE_H

#include "ops/push/push_context.h"

/*
 * Before the rest: push the smallest image with such an index whole, under its digest.
 * Where all that are wanted are there already, nothing is tried.  With keep_going a
 * refusal of the index fails all images with such indexes, and the placements are made
 * anew without them.
 * Errors: ERR_PROTOCOL "sparse-index", "incomplete-index"; those of push_blobs.h and
 * push_manifests.h.
 */
MUST_USE int push_try_sparse(struct push_context *push, struct err *err);

/* For push_plan_place(): is the image of this push_result wanted? */
bool push_is_wanted(void *result, size_t name);

#endif
