/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/graph_size.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>

struct graph_size {
    const struct graph *graph;
    struct graph_walk *walk;
    uint32_t round;    /* of the current weighing */
    uint32_t *weighed; /* by object: the round that counted it */
    uint64_t bytes;
};

struct graph_size *
graph_size_new(const struct graph *graph)
{
    struct graph_size *s = xcalloc(1, sizeof(*s));

    s->graph = graph;
    s->walk = graph_walk_new(graph);
    s->weighed = xcalloc(graph_count(graph), sizeof(*s->weighed));
    return s;
}

static void
free_graph_size(struct graph_size *s)
{
    if (!s)
        return;
    graph_walk_free(s->walk);
    free(s->weighed);
    free(s);
}

void
graph_size_release(struct graph_size **s)
{
    free_graph_size(*s);
    *s = NULL;
}

/* An object may be visited both as a document and as a blob; it counts once. */
static void
add_object_size(void *ctx, uint32_t id, bool as_document)
{
    struct graph_size *s = ctx;

    (void)as_document;
    if (s->weighed[id] != s->round)
        s->bytes += graph_object(s->graph, id)->size; /* graph_finish() checked the sum */
    s->weighed[id] = s->round;
}

uint64_t
graph_size_add(struct graph_size *s, uint32_t id)
{
    s->round++;
    s->bytes = 0;
    graph_walk_root(s->walk, id, add_object_size, s);
    return s->bytes;
}
