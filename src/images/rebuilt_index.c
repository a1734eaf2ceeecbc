/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/rebuilt_index.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/graph_walk.h"
#include "oci/index_edit.h"

#include <stdlib.h>

void
index_rebuilding_init(struct index_rebuilding *r, const struct graph *graph)
{
    r->graph = graph;
    r->outcomes = xcalloc(graph_count(graph), sizeof(*r->outcomes));
}

void
index_rebuilding_release(struct index_rebuilding *r)
{
    free(r->outcomes);
    r->outcomes = NULL;
}

/* Compute the edit of each child; their outcomes are known.  Returns whether one
 * changes. */
static bool
choose_edits(const struct index_rebuilding *r, const struct graph_object *o,
             struct child_edit *edits)
{
    bool is_changed = false;

    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t to = o->edges[i].to;
        const struct rebuilt_index *child = &r->outcomes[to];

        edits[i] = (struct child_edit){
            .drop = graph_object(r->graph, to)->state == GRAPH_OMITTED &&
                    (!r->stays_listed || !r->stays_listed(r->ctx, to)),
            .replace = child->is_new,
            .digest = child->digest,
            .size = child->size};
        is_changed |= edits[i].drop || edits[i].replace;
    }
    return is_changed;
}

/* 1 with the bytes of the new index, 0 when the old one stays, -1. */
static int
edit_index(const struct index_rebuilding *r, unsigned worker, uint32_t id,
           struct buf *out, struct err *err)
{
    const struct graph_object *o = graph_object(r->graph, id);
    CLEANUP(buf_release) struct buf old = BUF_INIT(DOCUMENT_BYTES_MAX);
    struct child_edit *edits = xcalloc(o->edge_count, sizeof(*edits));
    int rc = choose_edits(r, o, edits) ? 1 : 0;

    if (rc == 1 && (r->read(r->ctx, worker, id, &old, err) < 0 ||
                    index_edit(old.data, old.len, edits, o->edge_count, out, err) < 0))
        rc = -1;
    free(edits);
    return rc;
}

/* Nested ones first.  Recurses at most GRAPH_DEPTH_MAX deep. */
int
index_rebuilding_add(struct index_rebuilding *r, uint32_t id, struct err *err)
{
    const struct graph_object *o = graph_object(r->graph, id);
    struct rebuilt_index *outcome = &r->outcomes[id];
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);
    int rc;

    if (outcome->is_known || o->kind != MEDIA_INDEX)
        return 0;
    outcome->is_known = true;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        if (index_rebuilding_add(r, o->edges[i].to, err) < 0)
            return -1;
    }
    rc = edit_index(r, 0, id, &bytes, err);
    if (rc <= 0)
        return rc;
    outcome->is_new = true;
    outcome->size = bytes.len;
    return hash_bytes(DIGEST_SHA256, bytes.data, bytes.len, &outcome->digest, err);
}

int
index_rebuilding_bytes(const struct index_rebuilding *r, unsigned worker, uint32_t id,
                       struct buf *out, struct err *err)
{
    int rc = edit_index(r, worker, id, out, err);

    return rc == 0  ? err_set(err, ERR_INTERNAL, "an index was not rebuilt")
           : rc < 0 ? -1
                    : 0;
}
