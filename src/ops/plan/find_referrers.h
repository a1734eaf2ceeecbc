/* SPDX-License-Identifier: Apache-2.0 */
/* find_referrers.h - the referrers of images, and the artifacts under cosign's tags.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_FIND_REFERRERS_H
#define OPS_PLAN_FIND_REFERRERS_H

#include "ops/plan/walk.h"

#define REFERRER_DEPTH_MAX 8 /* nesting of referrers */

/*
 * Find what is attached to the names, to all documents they reach, and to what is found,
 * in the repository of each name.  Each becomes a name of its own after the one it refers
 * to, ordered by digest; the documents are put into the cache.
 *
 * Queried are the referrers API, or the fallback tag where there is none, and cosign's
 * tags ".sig", ".att" and ".sbom".  Absent ones are allowed, unreadable ones are errors.
 * *names is replaced.
 * Errors: those of referrers.h and pull.h, wrapped with the name; ERR_NOT_FOUND - a
 *         referrer is listed, but absent; ERR_LIMIT - too many, or too deep.
 */
MUST_USE int find_referrers(struct plan_name **names, size_t *count,
                            const struct walk_options *options, struct err *err);

#define REFERRER_WITHOUT_SUBJECT SIZE_MAX

/* A name, and the one it is attached to. */
struct referrer_node {
    struct plan_name name;
    size_t parent; /* index of a node, or REFERRER_WITHOUT_SUBJECT */
};

/* The given names, which come first, each followed by its referrers. */
struct plan_name *referrer_order(const struct referrer_node *nodes, size_t count,
                                 size_t given);

#endif
