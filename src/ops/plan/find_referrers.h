/* SPDX-License-Identifier: Apache-2.0 */
/* find_referrers.h - what belongs to images: referrers, and what cosign puts beside them.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_FIND_REFERRERS_H
#define OPS_PLAN_FIND_REFERRERS_H

#include "ops/plan/walk.h"

#define REFERRER_DEPTH_MAX 8 /* attached to something attached to ... */

/*
 * Find what is attached to the names, to all documents they reach, and to what is found,
 * in the repository of each name.  Each becomes a name of its own behind the one that it
 * belongs to, in the order of their digests; the documents are put on the shelf.
 *
 * Asked are the referrers API, or the fallback tag where there is none, and cosign's tags
 * ".sig", ".att" and ".sbom".  What is not there is fine, what cannot be read is not.
 * *names is replaced.
 * Errors: those of referrers.h and pull.h, wrapped with the name; ERR_NOT_FOUND - a
 *         referrer is listed, but not there; ERR_LIMIT - too many, or too deep.
 */
MUST_USE int find_referrers(struct plan_name **names, size_t *count,
                            const struct walk_options *options, struct err *err);

#define REFERRER_WITHOUT_SUBJECT SIZE_MAX

/* A name, and the one that it is attached to. */
struct referrer_node {
    struct plan_name name;
    size_t parent; /* index of a node, or REFERRER_WITHOUT_SUBJECT */
};

/* The names that were given, which come first, each followed by what belongs to it. */
struct plan_name *referrer_order(const struct referrer_node *nodes, size_t count,
                                 size_t given);

#endif
