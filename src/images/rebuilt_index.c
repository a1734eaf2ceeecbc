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
    for (size_t i = 0; r->outcomes && i < graph_count(r->graph); i++)
        free(r->outcomes[i].bytes);
    free(r->outcomes);
    r->outcomes = NULL;
}

static int
edit_index(struct index_rebuilding *r, uint32_t id, const struct child_edit *edits,
           struct err *err)
{
    const struct graph_object *o = graph_object(r->graph, id);
    struct rebuilt_index *outcome = &r->outcomes[id];
    CLEANUP(buf_release) struct buf old = BUF_INIT(DOCUMENT_BYTES_MAX);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (r->read(r->ctx, id, &old, err) < 0 ||
        index_edit(old.data, old.len, edits, o->edge_count, &bytes, err) < 0 ||
        hash_bytes(DIGEST_SHA256, bytes.data, bytes.len, &outcome->digest, err) < 0)
        return -1;
    outcome->is_new = true;
    outcome->size = bytes.len;
    outcome->bytes = buf_steal(&bytes);
    return 0;
}

/* Nested ones first.  Recurses at most GRAPH_DEPTH_MAX deep. */
static int
edit_children(struct index_rebuilding *r, const struct graph_object *o,
              struct child_edit *edits, bool *is_changed, struct err *err)
{
    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t to = o->edges[i].to;
        const struct rebuilt_index *child = &r->outcomes[to];

        if (graph_object(r->graph, to)->state == GRAPH_OMITTED)
            edits[i].drop = !r->stays_listed || !r->stays_listed(r->ctx, to);
        else if (index_rebuilding_add(r, to, err) < 0)
            return -1;
        edits[i].replace = child->is_new;
        edits[i].digest = child->digest;
        edits[i].size = child->size;
        *is_changed |= edits[i].drop || edits[i].replace;
    }
    return 0;
}

int
index_rebuilding_add(struct index_rebuilding *r, uint32_t id, struct err *err)
{
    const struct graph_object *o = graph_object(r->graph, id);
    struct child_edit *edits;
    bool is_changed = false;
    int rc;

    if (r->outcomes[id].is_known || o->kind != MEDIA_INDEX)
        return 0;
    r->outcomes[id].is_known = true;
    edits = xcalloc(o->edge_count, sizeof(*edits));
    rc = edit_children(r, o, edits, &is_changed, err);
    if (rc == 0 && is_changed)
        rc = edit_index(r, id, edits, err);
    free(edits);
    return rc;
}
