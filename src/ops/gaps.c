#include "config.h"
#include "ops/gaps.h"

#include "base/mem.h"

#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct gaps {
    const struct events *events;
    pthread_mutex_t lock; /* guards all below */
    struct gap *items;
    size_t count, cap;
    void *lost;                /* tree of struct digest, see tsearch(3) */
    struct missing_list names; /* not sorted, some twice */
    size_t name_cap;
};

struct gaps *
gaps_new(const struct events *events)
{
    struct gaps *g = xcalloc(1, sizeof(*g));

    g->events = events;
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

void
gaps_free(struct gaps *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->count; i++)
        free(g->items[i].message);
    free(g->items);
    tdestroy(g->lost, free);
    missing_list_release(&g->names);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

/* ---- noting ---- */

bool
gaps_may_note(const struct gaps *g, const struct err *err)
{
    return g && (err->kind == ERR_AUTH || err->kind == ERR_NETWORK ||
                 err->kind == ERR_PROTOCOL || err->kind == ERR_INTEGRITY ||
                 err->kind == ERR_NOT_FOUND || err->kind == ERR_LIMIT);
}

static int
compare_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

/* Locked. */
static void
lose(struct gaps *g, const struct digest *digest)
{
    struct digest *copy = xmalloc(sizeof(*copy));
    void *const *found;

    *copy = *digest;
    found = tsearch(copy, &g->lost, compare_digests);
    if (!found)
        mem_exhausted();
    if (*found != copy)
        free(copy);
}

static int
note(struct gaps *g, const struct gap *gap, struct err *err)
{
    struct gap *kept;

    if (!gaps_may_note(g, err))
        return -1;
    events_warning(g->events, "going on without it: %s", err->msg);
    pthread_mutex_lock(&g->lock);
    g->items = mem_grow(g->items, g->count, &g->cap, sizeof(*g->items));
    kept = &g->items[g->count++];
    *kept = *gap;
    kept->kind = err->kind;
    kept->reason = err->reason;
    kept->message = xstrdup(err->msg);
    if (gap->what != GAP_NAME)
        lose(g, &gap->digest);
    pthread_mutex_unlock(&g->lock);
    *err = (struct err)ERR_INIT;
    return 0;
}

int
gaps_note_name(struct gaps *g, const struct reference *ref, struct err *err)
{
    return note(g, &(struct gap){.what = GAP_NAME, .ref = *ref}, err);
}

int
gaps_note_object(struct gaps *g, enum gap_what what, const struct reference *ref,
                 const struct digest *digest, struct err *err)
{
    return note(g, &(struct gap){.what = what, .ref = *ref, .digest = *digest}, err);
}

void
gaps_miss(struct gaps *g, const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    pthread_mutex_lock(&g->lock);
    g->names.items =
        mem_grow(g->names.items, g->names.count, &g->name_cap, sizeof(*g->names.items));
    g->names.items[g->names.count++] =
        (struct bundle_missing){.name = xstrdup(name),
                                .has_digest = ref->tag[0] == '\0' && ref->has_digest,
                                .digest = ref->digest};
    pthread_mutex_unlock(&g->lock);
}

void
gaps_lose(struct gaps *g, const struct digest *digest)
{
    pthread_mutex_lock(&g->lock);
    lose(g, digest);
    pthread_mutex_unlock(&g->lock);
}

bool
gaps_has(struct gaps *g, const struct digest *digest)
{
    bool found;

    if (!g)
        return false;
    pthread_mutex_lock(&g->lock);
    found = tfind(digest, &g->lost, compare_digests) != NULL;
    pthread_mutex_unlock(&g->lock);
    return found;
}

size_t
gaps_count(struct gaps *g)
{
    size_t count;

    if (!g)
        return 0;
    pthread_mutex_lock(&g->lock);
    count = g->count;
    pthread_mutex_unlock(&g->lock);
    return count;
}

const struct gap *
gaps_items(const struct gaps *g, size_t *count)
{
    *count = g ? g->count : 0;
    return g ? g->items : NULL;
}

const struct missing_list *
gaps_names(const struct gaps *g)
{
    return &g->names;
}

/* ---- spreading ---- */

/* Say of a gap who suffers from it; the first who does is named. */
static void
name_needer(struct gaps *g, const struct digest *lost, const struct digest *needer)
{
    for (size_t i = 0; i < g->count; i++) {
        struct gap *gap = &g->items[i];

        if (gap->what == GAP_BLOB && !gap->has_needer &&
            digest_equal(&gap->digest, lost)) {
            gap->has_needer = true;
            gap->needer = *needer;
        }
    }
}

/* Can a document do without what is lost?  is_lost: by graph id. */
static bool
is_spoilt(struct gaps *g, const struct graph *graph, const struct graph_object *o,
          const bool *is_lost)
{
    bool lacks_child = false, has_image = false;

    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_edge *e = &o->edges[i];
        const struct graph_object *to = graph_object(graph, e->to);
        bool is_part = e->kind != EDGE_CHILD || to->state == GRAPH_BLOB;

        if (is_lost[e->to] && is_part) {
            name_needer(g, &to->digest, &o->digest);
            return true;
        }
        lacks_child |= is_lost[e->to];
        has_image |= !is_lost[e->to] && to->state != GRAPH_OMITTED && !e->is_attestation;
    }
    return lacks_child && !has_image;
}

void
gaps_spread(struct gaps *g, const struct graph *graph)
{
    size_t count = graph_count(graph);
    bool *is_lost = xcalloc(count, sizeof(*is_lost)), has_grown;

    for (uint32_t id = 0; id < count; id++)
        is_lost[id] = gaps_has(g, &graph_object(graph, id)->digest);
    do {
        has_grown = false;
        for (uint32_t id = 0; id < count; id++) {
            const struct graph_object *o = graph_object(graph, id);

            if (is_lost[id] || o->state != GRAPH_DOCUMENT ||
                !is_spoilt(g, graph, o, is_lost))
                continue;
            gaps_lose(g, &o->digest);
            is_lost[id] = has_grown = true;
        }
    } while (has_grown);
    free(is_lost);
}
