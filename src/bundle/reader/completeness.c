/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/completeness.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "bundle/reader/member_read.h"
#include "bundle/reader/omitted.h"
#include "io/archive/tar.h"
#include "oci/graph_walk.h"

#include <inttypes.h>
#include <string.h>

/* ---- the graph ---- */

static int
add_roots(struct bundle_content *c, struct err *err)
{
    for (size_t i = 0; i < c->set.count; i++) {
        struct image_entry *e = &c->set.entries[i];

        if (graph_add_root(c->set.graph, &e->digest, e->size, e->media_type, &e->object,
                           err) < 0)
            return err_wrap(err, "%s", e->name);
    }
    return 0;
}

static int
missing_blob_error(const struct digest *d, struct err *err)
{
    char name[BUNDLE_BLOB_NAME_MAX];

    bundle_blob_name(d, name);
    return err_because(err, ERR_INTEGRITY, REASON_MISSING,
                       "%s is required, but not in the bundle", name);
}

/* Its size must be checked before any byte of it is read. */
static int
check_size(const struct bundle_member *m, const struct graph_object *o, struct err *err)
{
    char name[BUNDLE_BLOB_NAME_MAX];

    if (m->size == o->size)
        return 0;
    bundle_blob_name(&m->digest, name);
    return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                       "%s has %" PRIu64 " bytes, but its descriptor says %" PRIu64, name,
                       m->size, o->size);
}

static int
feed_member(struct bundle_content *c, const struct digest_map *members, uint32_t id,
            struct buf *bytes, struct err *err)
{
    const struct graph_object *o = graph_object(c->set.graph, id);
    const struct bundle_member *m = digest_map_find(members, &o->digest);

    if (!m)
        return missing_blob_error(&o->digest, err);
    if (check_size(m, o, err) < 0 ||
        bundle_read_member(c, (size_t)(m - c->members), bytes, err) < 0)
        return -1;
    return graph_feed(c->set.graph, id, bytes->data ? bytes->data : "", bytes->len, err);
}

/*
 * Holds one document in memory at a time.  The graph requests documents in its own order,
 * since it may learn late that an object is a document; all documents are at the front of
 * the bundle, so this costs no seeks.
 */
static int
feed_documents(struct bundle_content *c, const struct sums *sums, struct err *err)
{
    CLEANUP(digest_map_release) struct digest_map members = DIGEST_MAP_INIT;
    CLEANUP(digest_map_release) struct digest_map omitted = DIGEST_MAP_INIT;
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);
    uint32_t id;

    for (size_t i = 0; i < c->member_count; i++)
        digest_map_add(&members, &c->members[i].digest, &c->members[i]);
    for (size_t i = 0; i < sums->omitted_count; i++)
        digest_map_add(&omitted, &sums->omitted[i].digest, &sums->omitted[i]);
    graph_watch(c->set.graph, omissions_leave_out, &omitted);
    while ((id = graph_next(c->set.graph)) != GRAPH_NONE) {
        if (feed_member(c, &members, id, &bytes, err) < 0)
            return -1;
    }
    return graph_finish(c->set.graph, err);
}

/* ---- members against objects ---- */

static int
match(struct bundle_content *c, struct err *err)
{
    size_t objects = graph_count(c->set.graph);

    c->object_of_member = xcalloc(c->member_count, sizeof(*c->object_of_member));
    c->member_of_object = xcalloc(objects, sizeof(*c->member_of_object));
    for (size_t id = 0; id < objects; id++)
        c->member_of_object[id] = GRAPH_NONE;
    for (size_t i = 0; i < c->member_count; i++) {
        const struct bundle_member *m = &c->members[i];
        uint32_t id = graph_find(c->set.graph, &m->digest);
        char name[BUNDLE_BLOB_NAME_MAX];

        bundle_blob_name(&m->digest, name);
        if (id == GRAPH_NONE)
            return err_because(err, ERR_INTEGRITY, REASON_EXTRA,
                               "%s is not used by any image", name);
        if (check_size(m, graph_object(c->set.graph, id), err) < 0)
            return -1;
        c->object_of_member[i] = id;
        c->member_of_object[id] = (uint32_t)i;
    }
    for (uint32_t id = 0; id < objects; id++) {
        if (c->member_of_object[id] == GRAPH_NONE &&
            graph_object(c->set.graph, id)->state != GRAPH_OMITTED)
            return missing_blob_error(&graph_object(c->set.graph, id)->digest, err);
    }
    return 0;
}

/* Requires that both have the same objects. */
static int
check_order(const struct bundle_content *c, struct err *err)
{
    const uint32_t *order = graph_order(c->set.graph);

    for (size_t i = 0; i < c->member_count; i++) {
        char found[BUNDLE_BLOB_NAME_MAX], expected[BUNDLE_BLOB_NAME_MAX];

        if (c->object_of_member[i] == order[i])
            continue;
        bundle_blob_name(&c->members[i].digest, found);
        bundle_blob_name(&graph_object(c->set.graph, order[i])->digest, expected);
        return err_because(err, ERR_INTEGRITY, REASON_ORDER,
                           "at byte %" PRIu64 ": %s is out of order, expected %s",
                           c->members[i].offset - TAR_BLOCK, found, expected);
    }
    return 0;
}

/* Check that each entry agrees with its document. */
static int
check_entries(const struct bundle_content *c, struct err *err)
{
    for (size_t i = 0; i < c->set.count; i++) {
        const struct image_entry *e = &c->set.entries[i];
        const struct graph_object *o = graph_object(c->set.graph, e->object);

        if (o->state != GRAPH_DOCUMENT || o->size != e->size ||
            strcmp(o->media_type, e->media_type) != 0 ||
            strcmp(o->artifact_type, e->artifact_type) != 0)
            return err_because(err, ERR_INTEGRITY, REASON_FORMAT,
                               "the entry of %s does not match its document", e->name);
    }
    return 0;
}

int
bundle_complete(struct bundle_content *c, const struct sums *sums, struct err *err)
{
    c->set.graph = graph_new(ERR_INTEGRITY);
    if (add_roots(c, err) < 0 || feed_documents(c, sums, err) < 0 || match(c, err) < 0 ||
        check_order(c, err) < 0 || omissions_check(&c->set, sums, err) < 0)
        return -1;
    return check_entries(c, err);
}
