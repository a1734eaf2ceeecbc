/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h - copy images from a source directly to a registry, with unchanged digests.
 *
 * A plan, then a push: documents are pushed from the cache of the plan, blobs are fetched
 * while they are sent, and nothing is written to disk.
 *
 * Layer: ops.
 */
#ifndef OPS_COPY_COPY_H
#define OPS_COPY_COPY_H

#include "ops/plan/plan.h"
#include "ops/push/push.h"
#include "ops/receipt/receipt.h"
#include "ops/source/sources.h"

struct copy_options {
    struct plan_options plan; /* the images, and their source */
    struct sources *sources;  /* its bundles are imported: checked and remembered */
    bool foreign_layers;      /* fetch layers that the source lacks from their URLs */
    struct push_options push; /* the target; mapping is not used with names */
    /* Exact names of the single image; or none. */
    const struct reference *names;
    size_t name_count;
    const struct pki_key *receipt_key; /* or NULL: no receipt.  Not with names */
    const char *const *places; /* for the receipt: registries and archives, as typed */
    size_t place_count;
    const char *tool;
};

struct copy_result {
    struct plan plan;
    struct push_result *pushes; /* one; or one per exact name, in order */
    size_t push_count;
    struct receipt receipt; /* empty unless one was requested, and pushed */
    uint64_t time;          /* of the receipt */
};

#define COPY_RESULT_INIT                                                                 \
    {                                                                                    \
        .plan = PLAN_INIT, .receipt = RECEIPT_INIT                                       \
    }

/*
 * Blobs are hashed on the way and are committed only when they are right, but unlike an
 * import, a copy sends before everything was read.
 * Errors: those of plan.h and push.h; ERR_USAGE - exact names for more than one image;
 *         ERR_PARTIAL - with keep_going, something could not be fetched or pushed.
 */
MUST_USE int copy_run(struct copy_result *out, const struct copy_options *options,
                      struct err *err);
void copy_result_release(struct copy_result *r);

#endif
