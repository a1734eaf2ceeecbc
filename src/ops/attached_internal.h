/* attached_internal.h - what is attached to what: finding it, and putting it in order.
 *
 * Layer: ops, private.
 */
#ifndef OPS_ATTACHED_INTERNAL_H
#define OPS_ATTACHED_INTERNAL_H

#include "ops/attached.h"

#define ATTACHED_TO_NOBODY SIZE_MAX

/* A name, and the one that it is attached to. */
struct attached_node {
    struct plan_name name;
    size_t parent; /* index of a node, or ATTACHED_TO_NOBODY */
};

/* The names that were given, which come first, each followed by what belongs to it. */
struct plan_name *attached_order(const struct attached_node *nodes, size_t count,
                                 size_t given);

#endif
