/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/rebuilt_source.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>
#include <string.h>

/* ---- referrers to drop ---- */

struct alive_marking {
    const struct rebuilt_source *source;
    bool *is_alive; /* by graph id of the old set */
};

/* graph_walk_root() callback; rebuilt indexes no longer exist. */
static void
mark_alive(void *ctx, uint32_t id, bool as_document)
{
    const struct alive_marking *m = ctx;

    m->is_alive[id] |= as_document && !m->source->made.outcomes[id].is_new;
}

/* Referrers of omitted children are kept. */
static bool
drop_orphans(const struct image_set *set, const bool *is_alive, bool *is_dropped)
{
    bool found = false;

    for (size_t i = 0; i < set->count; i++) {
        uint32_t subject = image_set_subject(set, &set->entries[i]);

        if (is_dropped[i] || subject == GRAPH_NONE || is_alive[subject] ||
            graph_object(set->graph, subject)->state == GRAPH_OMITTED)
            continue;
        is_dropped[i] = found = true;
    }
    return found;
}

/* Referrers of old indexes, and their referrers in turn.  The caller frees. */
static bool *
find_dropped(const struct rebuilt_source *s)
{
    const struct image_set *set = s->old;
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(set->graph);
    size_t objects = graph_count(set->graph);
    bool *is_dropped = xcalloc(set->count, sizeof(*is_dropped));
    struct alive_marking m = {s, xcalloc(objects, sizeof(bool))};

    do {
        memset(m.is_alive, 0, objects * sizeof(bool));
        for (size_t i = 0; i < set->count; i++) {
            if (!is_dropped[i])
                graph_walk_root(walk, set->entries[i].object, mark_alive, &m);
        }
    } while (drop_orphans(set, m.is_alive, is_dropped));
    free(m.is_alive);
    return is_dropped;
}

/* ---- the new set ---- */

static int
add_roots(struct rebuilt_source *s, const bool *is_dropped, struct err *err)
{
    const struct image_set *old = s->old;

    for (size_t i = 0; i < old->count; i++) {
        const struct image_entry *e = &old->entries[i];
        const struct rebuilt_index *made = &s->made.outcomes[e->object];
        uint32_t id;

        if (is_dropped[i])
            continue;
        if (graph_add_root(s->set.graph, made->is_new ? &made->digest : &e->digest,
                           made->is_new ? made->size : e->size, e->media_type, &id,
                           err) < 0)
            return -1;
    }
    return 0;
}

static int
fetch_rebuilt(void *ctx, unsigned worker, const struct image_object *what,
              struct image_document *out, struct err *err)
{
    const struct rebuilt_source *s = ctx;
    const struct rebuilt_index *made = digest_map_find(&s->indexes, what->digest);

    if (!made)
        return s->from.fetch_document(s->from.ctx, worker, what, out, err);
    out->digest = made->digest;
    out->media_type[0] = '\0';
    if (index_rebuilding_bytes(&s->made, worker, (uint32_t)(made - s->made.outcomes),
                               &out->bytes, err) == 0)
        return 0;
    buf_clear(&out->bytes);
    return -1;
}

static int
feed_all(struct rebuilt_source *s, struct err *err)
{
    struct graph *graph = s->set.graph;
    CLEANUP(image_document_release) struct image_document doc = IMAGE_DOCUMENT_INIT;
    uint32_t id;

    while ((id = graph_next(graph)) != GRAPH_NONE) {
        const struct graph_object *o = graph_object(graph, id);
        const struct image_object what = {.digest = &o->digest, .size = o->size};

        buf_clear(&doc.bytes);
        if (fetch_rebuilt(s, 0, &what, &doc, err) < 0 ||
            graph_feed(graph, id, doc.bytes.data, doc.bytes.len, err) < 0)
            return -1;
    }
    return graph_finish(graph, err);
}

/* A name by digest keeps the old digest: it identifies the entry in the source. */
static void
describe_entry(struct rebuilt_source *s, size_t entry, const struct image_entry *old)
{
    const struct rebuilt_index *made = &s->made.outcomes[old->object];
    struct image_entry *e = &s->set.entries[entry];
    struct reference ref = old->ref;

    if (made->is_new)
        ref.digest = made->digest;
    image_set_describe(&s->set, entry, &ref);
    free(e->name);
    e->name = xstrdup(old->name);
    e->is_rebuilt = made->is_new;
    e->rebuilt_from = old->digest;
}

static void
describe_set(struct rebuilt_source *s, const bool *is_dropped)
{
    s->set.entries = xcalloc(s->old->count, sizeof(*s->set.entries));
    for (size_t i = 0; i < s->old->count; i++) {
        if (!is_dropped[i])
            describe_entry(s, s->set.count++, &s->old->entries[i]);
    }
    s->referrers = s->old->count - s->set.count;
    s->set.is_missing = xcalloc(graph_count(s->set.graph), sizeof(*s->set.is_missing));
}

static int
build_set(struct rebuilt_source *s, struct err *err)
{
    bool *is_dropped = find_dropped(s);
    int rc;

    for (size_t i = 0; i < graph_count(s->old->graph); i++) {
        struct rebuilt_index *made = &s->made.outcomes[i];

        if (made->is_new)
            (void)digest_map_add(&s->indexes, &made->digest, made);
    }
    s->set.graph = graph_new(ERR_INTEGRITY);
    rc = add_roots(s, is_dropped, err);
    if (rc == 0)
        rc = feed_all(s, err);
    if (rc == 0)
        describe_set(s, is_dropped);
    free(is_dropped);
    return rc;
}

/* ---- the source ---- */

static int
read_old(void *ctx, unsigned worker, uint32_t index, struct buf *out, struct err *err)
{
    const struct rebuilt_source *s = ctx;
    const struct graph_object *o = graph_object(s->old->graph, index);
    const struct image_object what = {.digest = &o->digest, .size = o->size};
    struct image_document doc = {.bytes = *out};
    int rc = s->from.fetch_document(s->from.ctx, worker, &what, &doc, err);

    *out = doc.bytes;
    return rc;
}

/* The graph of the new set takes as much memory as the old one does. */
static bool
is_of_bearable_size(const struct graph *g)
{
    uint64_t edges = 0;

    for (uint32_t id = 0; id < graph_count(g); id++)
        edges += graph_object(g, id)->edge_count;
    return edges <= REBUILT_EDGES_MAX;
}

int
rebuilt_source_make(struct rebuilt_source *out, const struct image_set *old,
                    const struct image_source *from, struct err *err)
{
    if (!is_of_bearable_size(old->graph))
        return err_set(err, ERR_LIMIT, "more than %d descriptors to rebuild indexes of",
                       REBUILT_EDGES_MAX);
    out->old = old;
    out->from = *from;
    out->made = (struct index_rebuilding){.read = read_old, .ctx = out};
    index_rebuilding_init(&out->made, old->graph);
    for (size_t i = 0; i < old->count; i++) {
        if (index_rebuilding_add(&out->made, old->entries[i].object, err) < 0)
            return -1;
    }
    return build_set(out, err);
}

/* Blobs stay as they are. */
static void
open_old_blob(void *ctx, unsigned worker, const struct image_object *what,
              struct byte_source *out)
{
    const struct rebuilt_source *s = ctx;

    s->from.open_blob(s->from.ctx, worker, what, out);
}

struct image_source
rebuilt_source(struct rebuilt_source *s)
{
    return (struct image_source){.ctx = s,
                                 .is_remote = s->from.is_remote,
                                 .fetch_document = fetch_rebuilt,
                                 .open_blob = open_old_blob,
                                 .close_blob = s->from.close_blob};
}

void
rebuilt_source_release(struct rebuilt_source *s)
{
    digest_map_release(&s->indexes);
    image_set_release(&s->set);
    index_rebuilding_release(&s->made);
    *s = (struct rebuilt_source)REBUILT_SOURCE_INIT;
}
