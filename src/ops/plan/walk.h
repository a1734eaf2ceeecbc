/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h - from names to everything they reach: fetches every document, nothing else.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_WALK_H
#define OPS_PLAN_WALK_H

#include "base/pool.h"
#include "base/run.h"
#include "images/image_source.h"
#include "oci/choice.h"
#include "oci/graph.h"
#include "oci/reference_list.h"
#include "ops/plan/document_cache.h"
#include "ops/plan/failures.h"
#include "ops/plan/foreign_urls.h"
#include "ops/plan/document_cache.h"
#include "ops/plan/plan_name.h"

struct walk_options {
    const struct reference_list *names; /* as the user gave them, for messages */
    const struct choice *choice;        /* of platforms */
    enum platform_missing if_missing;
    bool has_referrers; /* what is attached is exported too */
    const struct image_source *source;
    struct pool *pool;
    struct document_cache *cache; /* documents are read from it, and added to it */
    struct foreign_urls *links;   /* filled in */
    struct digest_map *missing;   /* filled in: children that the source is missing */
    struct failures
        *failures; /* failures to fetch are recorded here; NULL: they are errors */
    struct run *run;
};

/* Everything that a set of names reaches. */
struct reach {
    struct graph *graph; /* finished; root i belongs to name i */
    uint32_t *names;     /* by graph id: the name whose repository has the object */
    size_t count, cap;
};

#define REACH_INIT                                                                       \
    {                                                                                    \
        .graph = NULL                                                                    \
    }
void reach_release(struct reach *r);

/*
 * Walk by digest, each digest once, without the names that turn out to be lost, which are
 * dropped and recorded as missing, and without lost children of indexes.  *out must be
 * empty; it is to be released in any case.
 * Errors: those of pull.h, wrapped with the name; ERR_PROTOCOL - sha512, schema 1;
 *         ERR_LIMIT - a bound of graph.h or document_cache.h.
 */
MUST_USE int walk_what_is_there(struct reach *out, struct plan_name *names, size_t *count,
                                const struct walk_options *options, struct err *err);

#endif
