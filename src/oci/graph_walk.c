/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "oci/graph_walk.h"

#include "base/mem.h"
#include "oci/graph_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

/* ---- walking ---- */

struct graph_walk {
    const struct graph *graph;
    uint32_t round; /* of the current walk: what is marked with it was visited */
    uint32_t *as_document, *as_blob; /* marks by object */
    void (*fn)(void *ctx, uint32_t id, bool as_document);
    void *ctx;
};

struct graph_walk *
graph_walk_new(const struct graph *g)
{
    struct graph_walk *w = xcalloc(1, sizeof(*w));
    size_t n = g->count > 0 ? g->count : 1;

    assert(g->order); /* the depth of a graph is checked only when it is finished */
    w->graph = g;
    w->as_document = xcalloc(n, sizeof(*w->as_document));
    w->as_blob = xcalloc(n, sizeof(*w->as_blob));
    return w;
}

void
graph_walk_free(struct graph_walk *w)
{
    if (!w)
        return;
    free(w->as_document);
    free(w->as_blob);
    free(w);
}

void
graph_walk_release(struct graph_walk **w)
{
    graph_walk_free(*w);
    *w = NULL;
}

static void
visit_blob(struct graph_walk *w, uint32_t id)
{
    if (w->as_blob[id] == w->round)
        return;
    w->as_blob[id] = w->round;
    w->fn(w->ctx, id, false);
}

/* Recurses at most GRAPH_DEPTH_MAX deep. */
static void
visit_document(struct graph_walk *w, uint32_t id)
{
    const struct graph_object *o = graph_object(w->graph, id);

    if (w->as_document[id] == w->round)
        return;
    w->as_document[id] = w->round;
    w->fn(w->ctx, id, true);
    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_edge *edge = &o->edges[i];
        enum graph_state state = graph_object(w->graph, edge->to)->state;

        if (edge->kind == EDGE_CHILD && state == GRAPH_DOCUMENT)
            visit_document(w, edge->to);
        else if (state != GRAPH_OMITTED)
            visit_blob(w, edge->to);
    }
}

static void
start_round(struct graph_walk *w, void (*fn)(void *ctx, uint32_t id, bool as_document),
            void *ctx)
{
    w->round++;
    w->fn = fn;
    w->ctx = ctx;
}

void
graph_walk_root(struct graph_walk *w, uint32_t id,
                void (*fn)(void *ctx, uint32_t id, bool as_document), void *ctx)
{
    start_round(w, fn, ctx);
    visit_document(w, id);
}

/* ---- finishing ---- */

static int
check_objects(const struct graph *g, struct err *err)
{
    uint64_t total = 0;
    char text[DIGEST_TEXT_MAX];

    for (uint32_t id = 0; id < g->count; id++) {
        const struct graph_object *o = graph_object(g, id);

        if (o->state == GRAPH_WANTED || o->state == GRAPH_REQUESTED) {
            digest_text(&o->digest, text);
            return err_because(err, g->kind, REASON_FORMAT, "%s was never read", text);
        }
        if (o->state == GRAPH_OMITTED)
            continue;
        if (__builtin_add_overflow(total, o->size, &total) || total > INT64_MAX)
            return err_because(err, g->kind, REASON_SIZE,
                               "the sizes of all objects add up to more than 2^63 bytes");
    }
    return 0;
}

/*
 * Whether no path is deeper than allowed.  Each object is measured once: its number of
 * levels, including its own.  depth bounds the recursion; an object met again while it is
 * being measured contains itself, which requires forged digests.
 */
static bool
is_within_depth(const struct graph *g, uint32_t id, unsigned depth)
{
    enum { BUSY = UINT8_MAX };
    struct graph_node *node = graph_node(g, id);
    unsigned below = 0;

    if (depth > GRAPH_DEPTH_MAX)
        return false;
    if (node->levels == 0) {
        node->levels = BUSY;
        for (uint32_t i = 0; i < node->object.edge_count; i++) {
            const struct graph_edge *edge = &node->object.edges[i];

            if (edge->kind != EDGE_CHILD)
                continue;
            if (!is_within_depth(g, edge->to, depth + 1))
                return false;
            if (below < graph_node(g, edge->to)->levels)
                below = graph_node(g, edge->to)->levels;
        }
        node->levels = (uint8_t)(1 + below);
    }
    return depth + node->levels <= GRAPH_DEPTH_MAX + 1;
}

/* Where the next member of each group goes. */
struct groups {
    const struct graph *graph;
    size_t next[ROLE_DOCUMENT + 1];
};

static void
place_object(void *ctx, uint32_t id, bool as_document)
{
    struct groups *groups = ctx;
    enum graph_role role = graph_object(groups->graph, id)->role;

    /* A document is placed where it is used as one, so that it follows its parents. */
    if (as_document || role != ROLE_DOCUMENT)
        groups->graph->order[groups->next[role]++] = id;
}

static void
order_members(const struct graph *g)
{
    CLEANUP(graph_walk_release) struct graph_walk *w = graph_walk_new(g);
    struct groups groups = {.graph = g};
    size_t *next = groups.next;

    for (uint32_t id = 0; id < g->count; id++) {
        enum graph_role role = graph_object(g, id)->role;

        next[ROLE_CONFIG] += role == ROLE_DOCUMENT;
        next[ROLE_OTHER] += role != ROLE_OTHER;
    }
    start_round(w, place_object, &groups); /* one walk for all roots: each object once */
    for (size_t i = 0; i < g->root_count; i++)
        visit_document(w, g->roots[i].id);
}

/* Objects that are left out are only listed by documents, which come first. */
static void
order_omitted(const struct graph *g)
{
    bool *seen = xcalloc(g->count, sizeof(*seen));
    size_t n = 0;

    for (size_t i = 0; n < g->omitted_count; i++) {
        const struct graph_object *o = graph_object(g, g->order[i]);

        for (uint32_t k = 0; k < o->edge_count; k++) {
            uint32_t id = o->edges[k].to;

            if (graph_object(g, id)->state == GRAPH_OMITTED && !seen[id])
                g->omitted[n++] = id;
            seen[id] = true;
        }
    }
    free(seen);
}

/* An object without a mediaType of its own gets that of its first parent. */
static void
name_type(const struct graph *g, uint32_t id, uint32_t type)
{
    struct graph_node *node = graph_node(g, id);
    const char *text = g->texts[type]->text;
    bool is_document = node->object.state == GRAPH_DOCUMENT;

    if (node->is_typed || (is_document && media_kind(text) != node->object.kind))
        return;
    node->object.media_type = text;
    node->is_typed = true;
}

static void
name_types(const struct graph *g)
{
    for (size_t i = 0; i < g->root_count; i++)
        name_type(g, g->roots[i].id, g->roots[i].media_type);
    for (size_t i = 0; i < graph_member_count(g); i++) {
        const struct graph_object *o = graph_object(g, g->order[i]);

        for (uint32_t k = 0; k < o->edge_count; k++)
            name_type(g, o->edges[k].to, o->edges[k].media_type);
    }
}

int
graph_finish(struct graph *g, struct err *err)
{
    assert(!g->order);
    if (check_objects(g, err) < 0)
        return -1;
    for (size_t i = 0; i < g->root_count; i++) {
        if (!is_within_depth(g, g->roots[i].id, 0))
            return graph_too_deep(g, err);
    }
    g->order = xcalloc(g->count > 0 ? g->count : 1, sizeof(*g->order));
    g->omitted = xcalloc(g->omitted_count, sizeof(*g->omitted));
    order_members(g);
    order_omitted(g);
    name_types(g);
    return 0;
}

/* ---- queries ---- */

size_t
graph_count(const struct graph *g)
{
    return g->count;
}

const struct graph_object *
graph_object(const struct graph *g, uint32_t id)
{
    return &graph_node(g, id)->object;
}

size_t
graph_root_count(const struct graph *g)
{
    return g->root_count;
}

uint32_t
graph_root(const struct graph *g, size_t index)
{
    assert(index < g->root_count);
    return g->roots[index].id;
}

const char *
graph_platform(const struct graph *g, const struct graph_edge *edge)
{
    return g->texts[edge->platform]->text;
}

const char *
graph_spec(const struct graph *g, const struct graph_edge *edge)
{
    return g->texts[edge->spec]->text;
}

const char *
graph_media_type(const struct graph *g, const struct graph_edge *edge)
{
    return g->texts[edge->media_type]->text;
}

const uint32_t *
graph_order(const struct graph *g)
{
    return g->order;
}

size_t
graph_member_count(const struct graph *g)
{
    return g->count - g->omitted_count;
}

const uint32_t *
graph_omitted(const struct graph *g, size_t *count)
{
    *count = g->omitted_count;
    return g->omitted;
}
