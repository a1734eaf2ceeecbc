/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/index_rebuild.h"

#include "base/mem.h"
#include "io/crypto/hash.h"
#include "oci/graph_walk.h"
#include "oci/index_edit.h"

#include <stdlib.h>
#include <string.h>

/* What became of an index. */
struct outcome {
    bool is_known, is_new;
    struct digest digest; /* when it is new */
    uint64_t size;
};

struct rebuilding {
    const struct graph *graph;
    struct document_cache *cache;
    struct failures *failures;
    struct outcome *outcomes; /* by graph id */
};

static int rebuild(struct rebuilding *r, uint32_t id, struct err *err);

/* Put the edited index on the shelf. */
static int
make_index(struct rebuilding *r, uint32_t id, const struct child_edit *edits,
           struct err *err)
{
    const struct graph_object *o = graph_object(r->graph, id);
    struct outcome *outcome = &r->outcomes[id];
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);
    size_t len = 0;
    const char *old = document_cache_find(r->cache, &o->digest, &len);

    if (!old)
        return err_set(err, ERR_INTERNAL, "an index is not on the shelf");
    if (index_edit(old, len, edits, o->edge_count, &bytes, err) < 0 ||
        hash_bytes(DIGEST_SHA256, bytes.data, bytes.len, &outcome->digest, err) < 0)
        return -1;
    outcome->is_new = true;
    outcome->size = bytes.len;
    return document_cache_put(r->cache, &outcome->digest, buf_steal(&bytes),
                              (size_t)outcome->size, err);
}

/* Nested ones first.  Recurses at most GRAPH_DEPTH_MAX deep. */
static int
edit_children(struct rebuilding *r, const struct graph_object *o,
              struct child_edit *edits, bool *is_changed, struct err *err)
{
    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t to = o->edges[i].to;
        const struct outcome *child = &r->outcomes[to];

        if (graph_object(r->graph, to)->state == GRAPH_OMITTED)
            edits[i].drop =
                !failures_has(r->failures, &graph_object(r->graph, to)->digest);
        else if (rebuild(r, to, err) < 0)
            return -1;
        edits[i].replace = child->is_new;
        edits[i].digest = child->digest;
        edits[i].size = child->size;
        *is_changed |= edits[i].drop || edits[i].replace;
    }
    return 0;
}

static int
rebuild(struct rebuilding *r, uint32_t id, struct err *err)
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
        rc = make_index(r, id, edits, err);
    free(edits);
    return rc;
}

static void
give(struct plan_name *name, const struct outcome *outcome)
{
    name->is_rebuilt = true;
    name->served = name->digest;
    name->digest = outcome->digest;
    name->size = outcome->size;
    name->ref.digest = outcome->digest;
}

/* Two names by digest may have become the same. */
static bool
is_name_listed(const struct plan_name *names, size_t count, const struct plan_name *name)
{
    for (size_t i = 0; name->is_rebuilt && i < count; i++) {
        if (reference_same_name(&names[i].ref, &name->ref))
            return true;
    }
    return false;
}

int
index_rebuild(const struct reach *reach, struct plan_name *names, size_t *count,
              struct document_cache *cache, struct failures *failures, struct err *err)
{
    struct rebuilding r = {.graph = reach->graph, .cache = cache, .failures = failures};
    size_t kept = 0;
    int rc = 0;

    r.outcomes = xcalloc(reach->count, sizeof(*r.outcomes));
    for (size_t i = 0; rc == 0 && i < *count; i++) {
        uint32_t root = graph_root(reach->graph, i);

        rc = rebuild(&r, root, err);
        if (rc == 0 && r.outcomes[root].is_new)
            give(&names[i], &r.outcomes[root]);
        if (rc == 0 && !is_name_listed(names, kept, &names[i]))
            names[kept++] = names[i];
    }
    *count = kept;
    free(r.outcomes);
    return rc;
}
