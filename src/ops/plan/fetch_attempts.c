/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/fetch_attempts.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

struct path_search {
    const struct graph *graph;
    uint32_t object;
    uint32_t round;
    uint32_t *seen; /* by graph id: the last search that visited it */
};

/* Recurses at most GRAPH_DEPTH_MAX deep, which graph_feed() enforces. */
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
was_tried(const struct fetch_attempts *a, const struct plan_name *names,
          const struct reference *ref)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct reference *there = &names[a->tried[i]].ref;

        if (strcmp(there->host, ref->host) == 0 &&
            (a->failure->kind == ERR_NETWORK || strcmp(there->path, ref->path) == 0))
            return true;
    }
    return false;
}

/* A name that reaches the object in a repository that was not tried. */
static bool
find_other_name(struct fetch_attempts *a, const struct graph *graph,
                const struct plan_name *names)
{
    struct path_search search = {.graph = graph, .object = a->object};
    bool is_found = false;

    if (a->count == FETCH_ATTEMPTS_MAX)
        return false;
    search.seen = xcalloc(graph_count(graph), sizeof(*search.seen));
    for (uint32_t i = 0; !is_found && i < graph_root_count(graph); i++) {
        search.round = i + 1;
        is_found = !was_tried(a, names, &names[i].ref) &&
                   leads_there(&search, graph_root(graph, i));
        if (is_found)
            a->name = i;
    }
    free(search.seen);
    return is_found;
}

int
fetch_attempts_next(struct fetch_attempts *a, const struct graph *graph,
                    const struct plan_name *names, struct failures *failures,
                    enum failure_what what, struct err *err)
{
    bool is_found;

    a->tried[a->count++] = a->name;
    is_found = find_other_name(a, graph, names);
    if (!is_found) {
        a->name = a->tried[0];
        *err = *a->failure;
    }
    free(a->failure);
    a->failure = NULL;
    if (is_found)
        return 1;
    return failures_note_object(failures, what, &names[a->name].ref,
                                &graph_object(graph, a->object)->digest, err);
}
