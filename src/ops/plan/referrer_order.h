/* SPDX-License-Identifier: Apache-2.0 */
/* referrer_order.h - what is attached to what: finding it, and putting it in order.
 *
 * Layer: ops, private.
 */
#ifndef OPS_PLAN_REFERRER_ORDER_H
#define OPS_PLAN_REFERRER_ORDER_H

#include "ops/plan/find_referrers.h"

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
