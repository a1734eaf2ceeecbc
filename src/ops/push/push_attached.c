/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_attached.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 8 }; /* referrers of referrers */

struct following {
    const struct image_set *set;
    struct reference *const *to;
    uint32_t *owners; /* by graph id: the entry that moved, or GRAPH_NONE */
    uint32_t entry;   /* whose objects are visited */
};

static void
own_object(void *ctx, uint32_t id, bool as_document)
{
    struct following *f = ctx;

    (void)as_document;
    if (f->owners[id] == GRAPH_NONE)
        f->owners[id] = f->entry;
}

static bool
is_moved(const struct mapping *mapping, const struct image_entry *e)
{
    for (size_t i = 0; i < mapping->rule_count; i++) {
        if (mapping->rules[i].kind == MAPPING_EXACT &&
            mapping_rule_matches(&mapping->rules[i], &e->ref))
            return true;
    }
    return false;
}

static bool
is_same_repository(const struct reference *a, const struct reference *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->path, b->path) == 0;
}

/* Whether an entry follows a subject that moved. */
static bool
follow(struct following *f, size_t entry)
{
    const struct image_set *set = f->set;
    const struct image_entry *e = &set->entries[entry];
    uint32_t subject = image_set_subject(set, e);
    uint32_t owner = subject != GRAPH_NONE ? f->owners[subject] : GRAPH_NONE;

    if (owner == GRAPH_NONE || owner == entry || f->owners[e->object] == entry ||
        !is_same_repository(&set->entries[owner].ref, &e->ref))
        return false;
    memcpy(f->to[entry]->path, f->to[owner]->path, sizeof(f->to[entry]->path));
    return true;
}

void
push_attached_follow(const struct image_set *set, const struct mapping *mapping,
                     struct reference *const *to)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);
    struct following f = {.set = set, .to = to};
    bool is_changed = false;

    f.owners = xcalloc(graph_count(set->graph) + 1, sizeof(*f.owners));
    for (size_t i = 0; i < graph_count(set->graph); i++)
        f.owners[i] = GRAPH_NONE;
    for (f.entry = 0; f.entry < set->count; f.entry++) {
        if (is_moved(mapping, &set->entries[f.entry])) {
            graph_walk_root(walk, set->entries[f.entry].object, own_object, &f);
            is_changed = true;
        }
    }
    for (int depth = 0; is_changed && depth < CHAIN_MAX; depth++) {
        is_changed = false;
        for (f.entry = 0; f.entry < set->count; f.entry++) {
            if (is_moved(mapping, &set->entries[f.entry]) || !follow(&f, f.entry))
                continue;
            graph_walk_root(walk, set->entries[f.entry].object, own_object, &f);
            is_changed = true;
        }
    }
    free(f.owners);
}
