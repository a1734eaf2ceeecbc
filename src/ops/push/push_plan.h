/* SPDX-License-Identifier: Apache-2.0 */
/* push_plan.h - where each object goes at the target, computed before the first request.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_PLAN_H
#define OPS_PUSH_PUSH_PLAN_H

#include "base/events.h"
#include "images/image_set.h"
#include "oci/mapping.h"
#include "trust/policy.h"

#define PUSH_PLAN_PLACEMENTS_MAX 4000000 /* (object, repository) pairs */

/* One object in one repository. */
struct placement {
    uint32_t object; /* graph id */
    uint32_t repo;   /* index into the plan's repos */
    uint32_t
        height;    /* of a document: greater than those of its children and its subject */
    bool is_asked; /* of a document: it was checked at the target */
    bool is_there; /* ... and it was present */
    bool is_manifest; /* of a blob that an index lists: it is stored as a manifest */
    bool is_listed;   /* of what was put: the registry lists it as a referrer */
    bool is_first;    /* it goes before all that is not: see push_sparse.h */
    uint32_t
        cause; /* why it cannot be pushed there, a number of push_failures.h; 0: it can */
};

/* The destination of an entry of the set. */
struct push_plan_name {
    struct reference to;
    uint32_t repo;
};

struct push_plan {
    const struct image_set *set;  /* borrowed */
    struct push_plan_name *names; /* one for each of its entries, in order */
    size_t name_count;
    char **repos; /* repository paths at the target, without duplicates */
    size_t repo_count;
    struct placement *blobs; /* by object, then repository */
    size_t blob_count;
    struct placement *documents; /* by height, then object: children before parents */
    size_t document_count;
    uint32_t *height; /* per document of the graph, once they are placed */
};

#define PUSH_PLAN_INIT                                                                   \
    {                                                                                    \
        .names = NULL                                                                    \
    }

/*
 * Map the names, and warn of rules that match none of them.
 * Errors: ERR_USAGE - a name cannot be mapped, two different images map to the same name,
 *         or no rule matches any.
 */
MUST_USE int push_plan_map(struct push_plan *out, const struct image_set *set,
                           const struct mapping *mapping, const struct events *events,
                           struct err *err);

/*
 * Whether the images may be pushed there, by the policy's rule for their stream, or NULL.
 * Errors: ERR_TRUST "target".
 */
MUST_USE int push_plan_check_targets(const struct push_plan *plan,
                                     const struct policy_stream *rule, const char *stream,
                                     struct err *err);

/*
 * Compute the placements of the names that wanted() accepts.
 * Errors: ERR_LIMIT.
 */
MUST_USE int push_plan_place(struct push_plan *plan,
                             bool (*wanted)(void *ctx, size_t name), void *ctx,
                             struct err *err);

/* Forget the placements. */
void push_plan_clear(struct push_plan *plan);

/* The placement of an object in a repository, for one of its two uses; NULL without
 * one. */
struct placement *push_plan_find(const struct push_plan *plan, uint32_t object,
                                 uint32_t repo, bool as_document);
void push_plan_release(struct push_plan *plan);

#endif
