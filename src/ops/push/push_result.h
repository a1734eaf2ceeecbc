/* SPDX-License-Identifier: Apache-2.0 */
/* push_result.h - what a push did and what failed.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_RESULT_H
#define OPS_PUSH_PUSH_RESULT_H

#include "base/err.h"
#include "ops/push/push_plan.h"

enum image_state {
    IMAGE_PUSHED,  /* something was sent for it, its tag at least */
    IMAGE_PRESENT, /* the tag held that digest already */
    IMAGE_SKIPPED, /* the tag holds another digest and stays */
    IMAGE_FAILED,  /* with keep_going: something of it could not be brought */
};

#define PUSH_FAILURES_MAX 100000

/* A failure at the target during a push that continued.  Strings are owned. */
struct push_failure {
    enum err_kind kind;
    enum err_reason reason;
    char *message, *hint, *subject; /* as in struct err */
};

struct push_counts {
    size_t blobs_present, blobs_mounted, blobs_uploaded; /* placements */
    size_t blobs_read_back;
    size_t documents_present, documents_pushed;
    size_t tags_present, tags_pushed;
    /* of referrers, where the registry keeps none */
    size_t lists_present, lists_updated, lists_refused;
    size_t referrers_left_out; /* of indexes that were rebuilt */
    uint64_t bytes_uploaded;
};

struct push_result {
    struct push_plan plan;
    enum image_state *states; /* of each name; NULL: the push did not begin */
    uint32_t *causes;         /* of each name: why it failed, see push_failure_of() */
    struct push_failure *failures; /* in the order in which they happened */
    size_t failure_count, failure_cap;
    size_t failed;    /* names */
    size_t conflicts; /* of them: tags with another digest, before anything was sent */
    struct push_counts counts;
    bool is_by_head; /* blobs could not be read to check them: see presence.h */
};

#define PUSH_RESULT_INIT                                                                 \
    {                                                                                    \
        .plan = PUSH_PLAN_INIT                                                           \
    }

void push_result_release(struct push_result *r);

/* Why that image failed; NULL: it did not. */
const struct push_failure *push_failure_of(const struct push_result *r, size_t name);

/* A failure as the result keeps it.  Texts are owned by the caller. */
struct push_failure push_failure_from(const struct err *err);
void push_failure_release(struct push_failure *f);

void push_counts_add(struct push_counts *sum, const struct push_counts *more);

/* What results and receipts have in common: blobs, manifests and tags. */
struct jsout;
struct jsout *push_counts_json(const struct push_counts *n);

#endif
