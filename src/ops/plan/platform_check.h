/* SPDX-License-Identifier: Apache-2.0 */
/* platform_check.h - whether each image has the selected platforms.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLATFORM_CHECK_H
#define OPS_PLAN_PLATFORM_CHECK_H

#include "ops/plan/walk.h"

#define PLATFORM_OFFER_MAX 16

/* The platforms that an image has, each once: the first few, for people. */
struct platform_offer {
    char items[PLATFORM_OFFER_MAX][PLATFORM_TEXT_MAX];
    size_t count;
};

/* All of them, with ", " between. */
#define PLATFORM_OFFER_TEXT_MAX (PLATFORM_OFFER_MAX * PLATFORM_TEXT_MAX)
void platform_offer_list(const struct platform_offer *offer, struct buf *out);

/* A name that is left out because it has none of the platforms. */
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
 * An index says so itself, nested ones included; where nobody says it of an image, its
 * config does, which is fetched for this and put on the shelf.  What says no platform at
 * all, such as a chart, has none to lack.
 * What options->if_missing lets an image lack is noted in its name; an image that may be
 * left out moves from the names to *skipped; of others all are named, or, with failures,
 * lost.
 * Returns: 0; 1 when the names are fewer now: *reach is stale; -1.
 * Errors: ERR_NOT_FOUND, naming what there is; those of pull.h.
 */
MUST_USE int platform_check(const struct reach *reach, struct plan_name *names,
                            size_t *count, const struct walk_options *options,
                            struct skipped_list *skipped, struct err *err);

#endif
