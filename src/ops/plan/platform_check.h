/* SPDX-License-Identifier: Apache-2.0 */
/* platform_check.h - whether each image has the selected platforms.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLATFORM_CHECK_H
#define OPS_PLAN_PLATFORM_CHECK_H

#include "ops/plan/walk.h"

#define PLATFORM_OFFER_MAX 16

/* The first platforms of an image, each once, to be shown. */
struct platform_offer {
    char items[PLATFORM_OFFER_MAX][PLATFORM_TEXT_MAX];
    size_t count;
};

/* All of them, with ", " between. */
#define PLATFORM_OFFER_TEXT_MAX (PLATFORM_OFFER_MAX * PLATFORM_TEXT_MAX)
void platform_offer_list(const struct platform_offer *offer, struct buf *out);

/* A name that is not exported because it has none of the platforms. */
struct skipped_name {
    char *name;
    struct platform_offer offer;
};

struct skipped_list {
    struct skipped_name *items; /* in the order of the names */
    size_t count, cap;
};

void skipped_list_release(struct skipped_list *l);

/*
 * The platforms of an index are those of its children, nested ones included; those of
 * another image are in its config, which is fetched into the cache.  An object without a
 * platform, such as a chart, passes.
 * A name keeps in "lacks" what options->if_missing lets it lack, or moves to *skipped.
 * All other names that lack platforms are reported together, or recorded as failures.
 * Returns: 0; 1 when names were skipped, so that *reach is stale; -1.
 * Errors: ERR_NOT_FOUND, with the platforms found; those of pull.h.
 */
MUST_USE int platform_check(const struct reach *reach, struct plan_name *names,
                            size_t *count, const struct walk_options *options,
                            struct skipped_list *skipped, struct err *err);

#endif
