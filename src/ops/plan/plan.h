/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h - determine the objects of a set of names: fetches every document, nothing else.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLAN_H
#define OPS_PLAN_PLAN_H

#include "base/digest_map.h"
#include "images/image_set.h"
#include "oci/reference_list.h"
#include "oci/tag_filter.h"
#include "ops/plan/platform_check.h"

struct plan_options {
    const struct reference_list *names;
    const struct tag_filter *tags; /* filter for tags of repositories; NULL: all tags */
    const struct choice *choice;   /* of platforms */
    enum platform_missing if_missing;
    bool referrers;  /* include what is attached to the images */
    bool rebuild;    /* --index rebuild: new indexes of the selected children */
    bool keep_going; /* record failures to fetch instead of stopping */
    const struct missing_list *missing; /* names missing before, or NULL */
    const struct image_source *source;
    struct run *run;
};

struct plan {
    struct plan_name *names; /* how entry i of the set was found */
    size_t name_count;
    struct image_set set;
    struct image_totals totals;
    uint32_t *origins;            /* by graph id: the name whose repository has it */
    struct foreign_urls *links;   /* URLs of layers that the registry may not have */
    struct document_cache *cache; /* the bytes of documents and other small objects */
    struct failures *failures;    /* NULL without keep_going */
    struct digest_map missing;    /* children of indexes that the source is missing */
    struct skipped_list skipped;
};

#define PLAN_INIT                                                                        \
    {                                                                                    \
        .missing = DIGEST_MAP_INIT                                                       \
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
 * After new failures: plan again without them, from the cache.  The plan may end up
 * without any name.
 */
MUST_USE int plan_again(struct plan *plan, const struct plan_options *options,
                        struct err *err);
void plan_release(struct plan *plan);

#endif
