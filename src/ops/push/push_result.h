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
    IMAGE_PUSHED,  /* something was sent for it, at least its tag */
    IMAGE_PRESENT, /* the tag had that digest already */
    IMAGE_SKIPPED, /* the tag has another digest and is kept */
    IMAGE_FAILED,  /* with keep_going: part of it could not be pushed */
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
    /* of referrers, at registries without the API */
    size_t lists_present, lists_updated, lists_refused;
    size_t referrers_left_out; /* of indexes that were rebuilt */
    uint64_t bytes_uploaded;
};

struct push_result {
    struct push_plan plan;
    enum image_state *states; /* of each name; NULL: the push did not begin */
    uint32_t *causes; /* per name: the cause of a failure, see push_failure_of() */
    struct push_failure *failures; /* in order of occurrence */
    size_t failure_count, failure_cap;
    size_t failed;    /* names */
    size_t conflicts; /* of them: tags with another digest, before anything was sent */
    struct push_counts counts;
    bool is_by_head; /* presence was checked with HEAD only: see presence.h */
};

#define PUSH_RESULT_INIT                                                                 \
    {                                                                                    \
        .plan = PUSH_PLAN_INIT                                                           \
    }

void push_result_release(struct push_result *r);

/* The failure of that image; NULL without one. */
const struct push_failure *push_failure_of(const struct push_result *r, size_t name);

/* A failure as kept in the result.  Strings are owned by the caller. */
struct push_failure push_failure_from(const struct err *err);
void push_failure_release(struct push_failure *f);

void push_counts_add(struct push_counts *sum, const struct push_counts *more);

/* Shared by results and receipts: numbers of blobs, manifests and tags. */
struct jsout;
struct jsout *push_counts_json(const struct push_counts *n);

#endif
