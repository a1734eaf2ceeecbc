/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_set.h"

#include "base/mem.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "oci/tag_filter.h"

#include <stdlib.h>
#include <string.h>

void
missing_list_release(struct missing_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i].name);
    free(l->items);
    *l = (struct missing_list)MISSING_LIST_INIT;
}

void
image_set_release(struct image_set *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free(s->entries[i].name);
        free(s->entries[i].media_type);
        free(s->entries[i].artifact_type);
    }
    free(s->entries);
    free(s->is_missing);
    graph_release(&s->graph);
    missing_list_release(&s->missing);
    *s = (struct image_set)IMAGE_SET_INIT;
}

bool
image_config_type(const char *type)
{
    return strcmp(type, "application/vnd.oci.image.config.v1+json") == 0 ||
           strcmp(type, "application/vnd.docker.container.image.v1+json") == 0;
}

/* Whether an entry can run as a container, unlike a chart or a signature. */
static bool
is_image(const struct graph *g, const struct graph_object *o)
{
    if (o->artifact_type[0] != '\0' || o->subject)
        return false;
    if (o->kind == MEDIA_INDEX)
        return true;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        const char *type = graph_media_type(g, &o->edges[i]);

        if (o->edges[i].kind == EDGE_CONFIG)
            return image_config_type(type);
    }
    return false;
}

bool
image_set_is_image(const struct graph *graph, uint32_t root, const struct reference *ref)
{
    return is_image(graph, graph_object(graph, root)) && !tag_is_of_cosign(ref->tag);
}

void
image_set_describe(struct image_set *s, size_t entry, const struct reference *ref)
{
    uint32_t id = graph_root(s->graph, entry);
    const struct graph_object *o = graph_object(s->graph, id);
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    s->entries[entry] = (struct image_entry){
        .ref = *ref,
        .name = xstrdup(name),
        .is_image = image_set_is_image(s->graph, id, ref),
        .media_type = xstrdup(o->media_type),
        .artifact_type = xstrdup(o->artifact_type),
        .digest = o->digest,
        .size = o->size,
        .object = id,
    };
}

size_t
image_set_omitted(const struct image_set *s)
{
    size_t count;

    (void)graph_omitted(s->graph, &count);
    return count;
}

size_t
image_set_unwanted(const struct image_set *s)
{
    size_t count, unwanted = 0;
    const uint32_t *ids = graph_omitted(s->graph, &count);

    for (size_t i = 0; i < count; i++)
        unwanted += !s->is_missing[ids[i]];
    return unwanted;
}

struct sparse_search {
    const struct image_set *set;
    bool skips_missing; /* only platforms that were not selected count */
    bool found;
};

/* For graph_walk_root(): note whether an index lists a child that is left out. */
static void
find_left_out(void *ctx, uint32_t id, bool as_document)
{
    struct sparse_search *s = ctx;
    const struct graph *graph = s->set->graph;
    const struct graph_object *o = graph_object(graph, id);

    for (uint32_t i = 0; as_document && !s->found && i < o->edge_count; i++)
        s->found = graph_object(graph, o->edges[i].to)->state == GRAPH_OMITTED &&
                   !(s->skips_missing && s->set->is_missing[o->edges[i].to]);
}

size_t
image_set_sparse(const struct image_set *s)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(s->graph);
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++) {
        struct sparse_search search = {.set = s, .skips_missing = true};

        graph_walk_root(walk, s->entries[i].object, find_left_out, &search);
        count += search.found;
    }
    return count;
}

bool
image_set_is_sparse(const struct image_set *s, struct graph_walk *walk, size_t entry)
{
    struct sparse_search search = {.set = s};

    graph_walk_root(walk, s->entries[entry].object, find_left_out, &search);
    return search.found;
}

uint32_t
image_set_subject(const struct image_set *s, const struct image_entry *entry)
{
    const struct digest *subject = graph_object(s->graph, entry->object)->subject;
    struct digest by_tag;

    if (!subject && tag_digest_of_cosign(entry->ref.tag, &by_tag))
        subject = &by_tag;
    return subject ? graph_find(s->graph, subject) : GRAPH_NONE;
}

/* Number of images that an index lists; 1 for a manifest. */
static size_t
count_platforms(const struct graph *g, const struct image_entry *entry)
{
    const struct graph_object *o = graph_object(g, entry->object);
    size_t n = 0;

    if (o->kind == MEDIA_MANIFEST)
        return entry->is_image ? 1 : 0;
    for (uint32_t i = 0; i < o->edge_count; i++)
        n += !o->edges[i].is_attestation &&
             graph_object(g, o->edges[i].to)->kind == MEDIA_MANIFEST;
    return n;
}

const struct image_entry *
image_set_single(const struct image_set *s)
{
    const struct image_entry *single = NULL;

    for (size_t i = 0; i < s->count; i++) {
        if (image_set_subject(s, &s->entries[i]) != GRAPH_NONE)
            continue;
        if (single)
            return NULL;
        single = &s->entries[i];
    }
    return single;
}

struct image_totals
image_set_totals(const struct image_set *s)
{
    CLEANUP(graph_size_release) struct graph_size *sizes = graph_size_new(s->graph);
    const uint32_t *order = graph_order(s->graph);
    struct image_totals totals = {.bytes = 0};
    uint64_t apart = 0;

    for (size_t i = 0; i < graph_member_count(s->graph); i++)
        totals.bytes += graph_object(s->graph, order[i])->size;
    for (size_t i = 0; i < s->count; i++) {
        uint64_t alone = graph_size_add(sizes, s->entries[i].object);

        totals.platforms += count_platforms(s->graph, &s->entries[i]);
        if (__builtin_add_overflow(apart, alone, &apart))
            apart = UINT64_MAX;
    }
    totals.bytes_shared =
        apart - totals.bytes; /* every object is reachable from some entry */
    return totals;
}
