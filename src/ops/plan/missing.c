/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/missing.h"

#include "base/mem.h"
#include "bundle/format/layout.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

struct missing_gathering {
    struct missing_list list;
    size_t cap;
    const struct image_set *set;
    const struct plan_name *names;
    const uint32_t *origins; /* by graph id */
};

static void
add_missing_name(struct missing_gathering *g, const char *name, bool has_digest,
                 const struct digest *digest)
{
    struct missing_list *l = &g->list;

    l->items = mem_grow(l->items, l->count, &g->cap, sizeof(*l->items));
    l->items[l->count++] = (struct missing_name){
        .name = xstrdup(name), .has_digest = has_digest, .digest = *digest};
}

static void
add_names(struct missing_gathering *g, const struct missing_list *names)
{
    for (size_t i = 0; i < names->count; i++)
        add_missing_name(g, names->items[i].name, names->items[i].has_digest,
                         &names->items[i].digest);
}

/* A child is named by digest, in the repository of its index. */
static void
add_children(struct missing_gathering *g, uint32_t index)
{
    const struct graph *graph = g->set->graph;
    const struct graph_object *o = graph_object(graph, index);

    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_object *to = graph_object(graph, o->edges[i].to);
        char name[REFERENCE_TEXT_MAX];
        struct reference ref;

        if (to->state != GRAPH_OMITTED || !g->set->is_missing[o->edges[i].to])
            continue;
        ref = g->names[g->origins[index]].ref;
        memset(ref.tag, 0, sizeof(ref.tag));
        ref.has_digest = true;
        ref.digest = to->digest;
        reference_name(&ref, name);
        add_missing_name(g, name, true, &to->digest);
    }
}

static int
by_name(const void *a, const void *b)
{
    const struct missing_name *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in the set, sorted; the caller frees the list. */
static const char **
list_entries(const struct image_set *set)
{
    const char **names = xcalloc(set->count, sizeof(*names));

    for (size_t i = 0; i < set->count; i++)
        names[i] = set->entries[i].name;
    qsort(names, set->count, sizeof(*names), by_text);
    return names;
}

/* A name that failed may have been fetched under a duplicate. */
static void
sort_missing(struct missing_list *l, const struct image_set *set)
{
    const char **entries = list_entries(set);
    size_t kept = 0;

    if (l->count > 0)
        qsort(l->items, l->count, sizeof(*l->items), by_name);
    for (size_t i = 0; i < l->count; i++) {
        struct missing_name *m = &l->items[i];

        if ((kept > 0 && by_name(&l->items[kept - 1], m) == 0) ||
            bsearch(&m->name, entries, set->count, sizeof(*entries), by_text))
            free(m->name);
        else
            l->items[kept++] = *m;
    }
    l->count = kept;
    free(entries);
}

int
missing_of(struct missing_list *out, const struct missing_list *failed,
           const struct image_set *set, const struct plan_name *names,
           const uint32_t *origins, struct err *err)
{
    struct missing_gathering g = {
        .list = MISSING_LIST_INIT, .set = set, .names = names, .origins = origins};
    size_t count;

    add_names(&g, failed);
    for (uint32_t id = 0; id < graph_count(set->graph); id++)
        add_children(&g, id);
    sort_missing(&g.list, set);
    count = g.list.count;
    if (count <= BUNDLE_MISSING_MAX) {
        *out = g.list;
        return 0;
    }
    missing_list_release(&g.list);
    return err_set(err, ERR_LIMIT,
                   "%zu images or parts of images are missing, at most %d are allowed",
                   count, BUNDLE_MISSING_MAX);
}
