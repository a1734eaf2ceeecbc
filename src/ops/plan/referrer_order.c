/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/referrer_order.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int
by_parent(const void *left, const void *right)
{
    const struct referrer_node *a = *(const struct referrer_node *const *)left;
    const struct referrer_node *b = *(const struct referrer_node *const *)right;
    int order;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    order = digest_compare(&a->name.digest, &b->name.digest);
    return order != 0 ? order : strcmp(a->name.ref.tag, b->name.ref.tag);
}

struct ordering {
    const struct referrer_node *nodes;
    const struct referrer_node **sorted; /* by parent */
    size_t count;
    struct plan_name *out;
    size_t out_count;
};

/* A name, then what belongs to it.  Recurses at most REFERRER_DEPTH_MAX deep. */
static void
emit_node(struct ordering *o, const struct referrer_node *node)
{
    size_t self = (size_t)(node - o->nodes), low = 0, high = o->count;

    o->out[o->out_count++] = node->name;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (o->sorted[middle]->parent < self)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < o->count && o->sorted[low]->parent == self; low++)
        emit_node(o, o->sorted[low]);
}

struct plan_name *
referrer_order(const struct referrer_node *nodes, size_t count, size_t given)
{
    struct ordering o = {.nodes = nodes, .count = count};

    o.sorted = xcalloc(count, sizeof(*o.sorted));
    o.out = xcalloc(count, sizeof(*o.out));
    for (size_t i = 0; i < count; i++)
        o.sorted[i] = &nodes[i];
    qsort(o.sorted, count, sizeof(*o.sorted), by_parent);
    for (size_t i = 0; i < given; i++)
        emit_node(&o, &nodes[i]);
    free(o.sorted);
    return o.out;
}
