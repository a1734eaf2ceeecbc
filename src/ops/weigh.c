#include "config.h"
#include "ops/weigh.h"

#include "base/mem.h"

#include <stdlib.h>

struct scales {
    const struct graph *graph;
    struct graph_walk *walk;
    uint32_t round;    /* of the current weighing */
    uint32_t *weighed; /* by object: the round that counted it */
    uint64_t bytes;
};

struct scales *
scales_new(const struct graph *graph)
{
    struct scales *s = xcalloc(1, sizeof(*s));

    s->graph = graph;
    s->walk = graph_walk_new(graph);
    s->weighed = xcalloc(graph_count(graph), sizeof(*s->weighed));
    return s;
}

void
scales_free(struct scales *s)
{
    if (!s)
        return;
    graph_walk_free(s->walk);
    free(s->weighed);
    free(s);
}

void
scales_release(struct scales **s)
{
    scales_free(*s);
    *s = NULL;
}

/* An object may be met as a document and as a blob: it is there once all the same. */
static void
add(void *ctx, uint32_t id, bool as_document)
{
    struct scales *s = ctx;

    (void)as_document;
    if (s->weighed[id] != s->round)
        s->bytes += graph_object(s->graph, id)->size; /* graph_finish() checked the sum */
    s->weighed[id] = s->round;
}

uint64_t
scales_weigh(struct scales *s, uint32_t id)
{
    s->round++;
    s->bytes = 0;
    graph_walk_root(s->walk, id, add, s);
    return s->bytes;
}
