/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - images from a source straight into a registry, digests kept.
 *
 * A plan, then a push: documents are pushed from the memory of the plan, blobs are
 * fetched while they are sent, and nothing is written to a disk.
 *
 * Layer: ops.
 */
#ifndef OPS_COPY_COPY_H
#define OPS_COPY_COPY_H

#include "ops/plan/plan.h"
#include "ops/push/push.h"

struct copy_options {
    struct plan_options plan; /* what to copy, and from where */
    struct push_options push; /* where to; mapping is not used when there are names */
    /* Exact names for the one image that is copied; or none. */
    const struct reference *names;
    size_t name_count;
};

struct copy_result {
    struct plan plan;
    struct push_result *pushes; /* one; or one for each of the exact names, in order */
    size_t push_count;
};

#define COPY_RESULT_INIT                                                                 \
    {                                                                                    \
        .plan = PLAN_INIT                                                                \
    }

/*
 * Blobs are hashed on the way and are committed only when they are right, but other than
 * an import, a copy begins to send before everything was read.
 * Errors: those of plan.h and push.h; ERR_USAGE - exact names for anything but one image;
 *         ERR_PARTIAL - with keep_going, something could not be fetched or pushed.
 */
MUST_USE int copy_run(struct copy_result *out, const struct copy_options *options,
                      struct err *err);
void copy_result_release(struct copy_result *r);

#endif
