/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_tree.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>

#define NO_ENTRY SIZE_MAX

/* The entry that a document belongs to, by graph id; NO_ENTRY: none. */
struct owners {
    size_t *of;
    size_t current;
};

static void
own(void *ctx, uint32_t id, bool as_document)
{
    struct owners *o = ctx;

    if (as_document && o->of[id] == NO_ENTRY)
        o->of[id] = o->current;
}

/* Independent entries first, then attached ones: each owns the documents that no earlier
 * one owns. */
static void
find_owners(struct owners *o, const struct image_set *set)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);

    for (size_t id = 0; id < graph_count(set->graph); id++)
        o->of[id] = NO_ENTRY;
    for (int attached = 0; attached < 2; attached++) {
        for (o->current = 0; o->current < set->count; o->current++) {
            const struct image_entry *e = &set->entries[o->current];

            if ((image_set_subject(set, e) != GRAPH_NONE) == (attached == 1))
                graph_walk_root(walk, e->object, own, o);
        }
    }
}

/* Entries linked to what they are attached to, in the order of the set. */
struct links {
    size_t parent, first, last, next;
    bool is_listed;
};

static void
link_entries(struct links *links, const struct image_set *set)
{
    struct owners o = {.of = xcalloc(graph_count(set->graph) + 1, sizeof(*o.of))};

    find_owners(&o, set);
    for (size_t i = 0; i < set->count; i++)
        links[i] = (struct links){NO_ENTRY, NO_ENTRY, NO_ENTRY, NO_ENTRY, false};
    for (size_t i = 0; i < set->count; i++) {
        uint32_t subject = image_set_subject(set, &set->entries[i]);
        size_t parent = subject != GRAPH_NONE ? o.of[subject] : NO_ENTRY;

        if (parent == NO_ENTRY || parent == i)
            continue;
        links[i].parent = parent;
        if (links[parent].first == NO_ENTRY)
            links[parent].first = i;
        else
            links[links[parent].last].next = i;
        links[parent].last = i;
    }
    free(o.of);
}

/* An entry and all that is attached to it, without recursion: chains may be long. */
static void
list_below(struct image_tree *out, struct links *links, size_t top)
{
    size_t at = top;
    unsigned depth = 0;

    for (;;) {
        if (!links[at].is_listed) {
            links[at].is_listed = true;
            out->rows[out->count++] = (struct image_row){at, depth};
            if (links[at].first != NO_ENTRY && !links[links[at].first].is_listed) {
                at = links[at].first;
                depth++;
                continue;
            }
        }
        if (at == top)
            return;
        if (links[at].next != NO_ENTRY && !links[links[at].next].is_listed) {
            at = links[at].next;
        } else {
            at = links[at].parent;
            depth--;
        }
    }
}

void
image_tree_make(struct image_tree *out, const struct image_set *set)
{
    struct links *links = xcalloc(set->count + 1, sizeof(*links));

    link_entries(links, set);
    *out = (struct image_tree){.rows = xcalloc(set->count + 1, sizeof(*out->rows))};
    for (size_t i = 0; i < set->count; i++) {
        if (links[i].parent == NO_ENTRY)
            list_below(out, links, i);
    }
    for (size_t i = 0; i < set->count; i++) { /* names can be attached in a circle */
        if (!links[i].is_listed)
            list_below(out, links, i);
    }
    free(links);
}

void
image_tree_release(struct image_tree *t)
{
    free(t->rows);
    *t = (struct image_tree)IMAGE_TREE_INIT;
}
