/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/walk.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void
reach_release(struct reach *r)
{
    graph_release(&r->graph);
    free(r->names);
    *r = (struct reach)REACH_INIT;
}

/* ---- what is there ---- */

/* Of no use any more: it could not be had, or what it belongs to could not. */
static bool
is_lost(const struct plan_name *name, struct failures *failures)
{
    return name->is_lost || failures_has(failures, &name->digest) ||
           (name->is_attached && failures_has(failures, &name->subject));
}

static void
drop_lost_names(struct plan_name *names, size_t *count, struct failures *failures)
{
    size_t kept = 0;

    for (size_t i = 0; failures && i < *count; i++) {
        if (!is_lost(&names[i], failures)) {
            names[kept++] = names[i];
            continue;
        }
        failures_miss(failures, &names[i].ref);
        if (names[i].is_attached) /* then so is what is attached to it in turn */
            failures_lose(failures, &names[i].digest);
    }
    if (failures)
        *count = kept;
}

int
walk_what_is_there(struct reach *out, struct plan_name *names, size_t *count,
                   const struct walk_options *options, struct err *err)
{
    for (;;) {
        int rc;

        drop_lost_names(names, count, options->failures);
        rc = walk_names(out, names, *count, options, err);
        if (rc != 1)
            return rc;
        failures_spread(options->failures, out->graph);
        reach_release(out);
    }
}

/* ---- elsewhere ---- */

struct path_search {
    const struct graph *graph;
    uint32_t object;
    uint32_t round;
    uint32_t *seen; /* by graph id: the last round that was there */
};

/* Recurses at most GRAPH_DEPTH_MAX deep, which graph_feed() sees to. */
static bool
leads_there(struct path_search *s, uint32_t from)
{
    const struct graph_object *o = graph_object(s->graph, from);

    if (from == s->object)
        return true;
    if (s->seen[from] == s->round)
        return false;
    s->seen[from] = s->round;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        if (leads_there(s, o->edges[i].to))
            return true;
    }
    return false;
}

static bool
was_tried(const struct plan_name *names, const struct places *tried,
          const struct reference *ref, const struct err *why)
{
    for (size_t i = 0; i < tried->count; i++) {
        const struct reference *there = &names[tried->names[i]].ref;

        if (strcmp(there->host, ref->host) == 0 &&
            (why->kind == ERR_NETWORK || strcmp(there->path, ref->path) == 0))
            return true;
    }
    return false;
}

uint32_t
reach_elsewhere(const struct reach *r, const struct plan_name *names, uint32_t object,
                const struct places *tried, const struct err *why)
{
    struct path_search search = {.graph = r->graph, .object = object};
    uint32_t found = UINT32_MAX;

    if (tried->count == PLACES_MAX)
        return found;
    search.seen = xcalloc(graph_count(r->graph), sizeof(*search.seen));
    for (uint32_t i = 0; found == UINT32_MAX && i < graph_root_count(r->graph); i++) {
        search.round = i + 1;
        if (!was_tried(names, tried, &names[i].ref, why) &&
            leads_there(&search, graph_root(r->graph, i)))
            found = i;
    }
    free(search.seen);
    return found;
}
