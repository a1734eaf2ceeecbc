/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/failures.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "oci/graph_walk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct failures {
    const struct events *events;
    pthread_mutex_t lock; /* guards all members below */
    struct failure *items;
    size_t count, cap;
    struct digest_map lost;    /* struct digest, owned */
    struct missing_list names; /* not sorted, with duplicates */
    size_t name_cap;
};

struct failures *
failures_new(const struct events *events)
{
    struct failures *g = xcalloc(1, sizeof(*g));

    g->events = events;
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

void
failures_free(struct failures *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->count; i++)
        free(g->items[i].message);
    free(g->items);
    digest_map_release_with(&g->lost, free);
    missing_list_release(&g->names);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

/* ---- recording ---- */

bool
failures_is_gap(const struct err *err)
{
    return err->kind == ERR_AUTH || err->kind == ERR_NETWORK ||
           err->kind == ERR_PROTOCOL || err->kind == ERR_INTEGRITY ||
           err->kind == ERR_NOT_FOUND || err->kind == ERR_LIMIT;
}

bool
failures_may_note(const struct failures *g, const struct err *err)
{
    return g && failures_is_gap(err);
}

int
failures_keep(struct err **kept, struct err *err)
{
    if (!failures_is_gap(err))
        return -1;
    *kept = xmalloc(sizeof(**kept));
    **kept = *err;
    *err = (struct err)ERR_INIT;
    return 0;
}

int
failures_put_off(const struct failures *g, struct err **kept, struct err *err)
{
    return g ? failures_keep(kept, err) : -1;
}

/* Caller holds the lock. */
static void
lose(struct failures *g, const struct digest *digest)
{
    struct digest *copy = xmalloc(sizeof(*copy));

    *copy = *digest;
    if (digest_map_add(&g->lost, copy, copy) != copy)
        free(copy);
}

static int
note_failure(struct failures *g, const struct failure *gap, struct err *err)
{
    struct failure *kept;

    if (!failures_may_note(g, err))
        return -1;
    events_debug(g->events, "skipping: %s", err->msg); /* the result lists it */
    pthread_mutex_lock(&g->lock);
    g->items = mem_grow(g->items, g->count, &g->cap, sizeof(*g->items));
    kept = &g->items[g->count++];
    *kept = *gap;
    kept->kind = err->kind;
    kept->reason = err->reason;
    kept->message = xstrdup(err->msg);
    if (gap->what != FAILURE_NAME)
        lose(g, &gap->digest);
    pthread_mutex_unlock(&g->lock);
    *err = (struct err)ERR_INIT;
    return 0;
}

int
failures_note_name(struct failures *g, const struct reference *ref, struct err *err)
{
    return note_failure(g, &(struct failure){.what = FAILURE_NAME, .ref = *ref}, err);
}

int
failures_note_object(struct failures *g, enum failure_what what,
                     const struct reference *ref, const struct digest *digest,
                     struct err *err)
{
    return note_failure(
        g, &(struct failure){.what = what, .ref = *ref, .digest = *digest}, err);
}

void
failures_miss(struct failures *g, const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    pthread_mutex_lock(&g->lock);
    g->names.items =
        mem_grow(g->names.items, g->names.count, &g->name_cap, sizeof(*g->names.items));
    g->names.items[g->names.count++] =
        (struct missing_name){.name = xstrdup(name),
                              .has_digest = ref->tag[0] == '\0' && ref->has_digest,
                              .digest = ref->digest};
    pthread_mutex_unlock(&g->lock);
}

void
failures_lose(struct failures *g, const struct digest *digest)
{
    pthread_mutex_lock(&g->lock);
    lose(g, digest);
    pthread_mutex_unlock(&g->lock);
}

bool
failures_has(struct failures *g, const struct digest *digest)
{
    bool found;

    if (!g)
        return false;
    pthread_mutex_lock(&g->lock);
    found = digest_map_find(&g->lost, digest) != NULL;
    pthread_mutex_unlock(&g->lock);
    return found;
}

size_t
failures_count(struct failures *g)
{
    size_t count;

    if (!g)
        return 0;
    pthread_mutex_lock(&g->lock);
    count = g->count;
    pthread_mutex_unlock(&g->lock);
    return count;
}

const struct failure *
failures_items(const struct failures *g, size_t *count)
{
    *count = g ? g->count : 0;
    return g ? g->items : NULL;
}

const struct missing_list *
failures_names(const struct failures *g)
{
    return &g->names;
}

/* ---- consequences ---- */

/* Record a document that needs the object of a failure; only the first is kept. */
static void
name_needer(struct failures *g, const struct digest *lost, const struct digest *needer)
{
    for (size_t i = 0; i < g->count; i++) {
        struct failure *gap = &g->items[i];

        if (gap->what == FAILURE_BLOB && !gap->has_needer &&
            digest_equal(&gap->digest, lost)) {
            gap->has_needer = true;
            gap->needer = *needer;
        }
    }
}

/* Whether a document is lost because of what is lost.  is_lost: by graph id. */
static bool
is_spoilt(struct failures *g, const struct graph *graph, const struct graph_object *o,
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
failures_spread(struct failures *g, const struct graph *graph)
{
    size_t count = graph_count(graph);
    bool *is_lost = xcalloc(count, sizeof(*is_lost)), has_grown;

    for (uint32_t id = 0; id < count; id++)
        is_lost[id] = failures_has(g, &graph_object(graph, id)->digest);
    do {
        has_grown = false;
        for (uint32_t id = 0; id < count; id++) {
            const struct graph_object *o = graph_object(graph, id);

            if (is_lost[id] || o->state != GRAPH_DOCUMENT ||
                !is_spoilt(g, graph, o, is_lost))
                continue;
            failures_lose(g, &o->digest);
            is_lost[id] = has_grown = true;
        }
    } while (has_grown);
    free(is_lost);
}
