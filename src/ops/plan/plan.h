/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - find out what a set of names consists of: every document fetched, nothing
 * else.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLAN_H
#define OPS_PLAN_PLAN_H

#include "images/image_set.h"
#include "oci/reference_list.h"
#include "oci/tag_filter.h"
#include "ops/plan/platform_check.h"

struct plan_options {
    const struct reference_list *names;
    const struct tag_filter *tags; /* of repositories among the names; NULL: all */
    const struct choice *choice;   /* of platforms */
    enum platform_missing if_missing;
    bool referrers;  /* and what is attached to the images */
    bool rebuild;    /* --index rebuild: new indexes of what was chosen */
    bool keep_going; /* what cannot be had is a gap, not an error */
    const struct image_source *source;
    struct run *run;
};

struct plan {
    struct plan_name *names; /* how entry i of the set was found */
    size_t name_count;
    struct image_set set;
    struct image_totals totals;
    uint32_t *origins;          /* by graph id: the name in whose repository it is */
    struct foreign_urls *links; /* to layers that the registry may not have */
    struct document_cache
        *cache;                /* the bytes of documents, and of what else came along */
    struct failures *failures; /* NULL unless it keeps going */
    struct skipped_list skipped;
};

#define PLAN_INIT                                                                        \
    {                                                                                    \
        .names = NULL                                                                    \
    }

/*
 * Resolve each name once, then walk by digest, each digest once.
 * Errors: those of pull.h, wrapped with the name; ERR_PROTOCOL - sha512, schema 1;
 *         ERR_NOT_FOUND - an image lacks one of the platforms; ERR_LIMIT - a bound of
 *         graph.h or document_cache.h.
 */
MUST_USE int plan_make(struct plan *out, const struct plan_options *options,
                       struct err *err);

/*
 * There are new gaps: plan again without them, from memory.  The plan may be left without
 * any name.
 */
MUST_USE int plan_again(struct plan *plan, const struct plan_options *options,
                        struct err *err);
void plan_release(struct plan *plan);

#endif
