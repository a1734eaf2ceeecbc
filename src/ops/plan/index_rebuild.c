/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/index_rebuild.h"

#include "base/mem.h"
#include "images/rebuilt_index.h"
#include "oci/graph_walk.h"

struct plan_rebuilding {
    const struct graph *graph;
    struct document_cache *cache;
    struct failures *failures;
};

static int
read_cached(void *ctx, unsigned worker, uint32_t index, struct buf *out, struct err *err)
{
    const struct plan_rebuilding *p = ctx;
    size_t len = 0;
    const char *bytes =
        document_cache_find(p->cache, &graph_object(p->graph, index)->digest, &len);

    (void)worker;
    if (!bytes || buf_add(out, bytes, len) < 0)
        return err_set(err, ERR_INTERNAL, "an index is not in the cache");
    return 0;
}

/* Once it can be fetched, the index is the same again. */
static bool
is_child_lost(void *ctx, uint32_t child)
{
    const struct plan_rebuilding *p = ctx;

    return failures_has(p->failures, &graph_object(p->graph, child)->digest);
}

/* Put the new indexes where all documents of a plan are. */
static int
keep_new_indexes(const struct plan_rebuilding *p, const struct index_rebuilding *r,
                 struct err *err)
{
    for (uint32_t id = 0; id < graph_count(p->graph); id++) {
        const struct rebuilt_index *made = &r->outcomes[id];
        CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

        if (!made->is_new)
            continue;
        if (index_rebuilding_bytes(r, 0, id, &bytes, err) < 0 ||
            document_cache_put(p->cache, &made->digest, buf_steal(&bytes),
                               (size_t)made->size, err) < 0)
            return -1;
    }
    return 0;
}

static void
give(struct plan_name *name, const struct rebuilt_index *made)
{
    name->is_rebuilt = true;
    name->served = name->digest;
    name->digest = made->digest;
    name->size = made->size;
    name->ref.digest = made->digest;
}

/* Two names by digest may have become equal. */
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
    struct plan_rebuilding p = {
        .graph = reach->graph, .cache = cache, .failures = failures};
    CLEANUP(index_rebuilding_release)
    struct index_rebuilding r = {
        .read = read_cached, .stays_listed = is_child_lost, .ctx = &p};
    size_t kept = 0;

    index_rebuilding_init(&r, reach->graph);
    for (size_t i = 0; i < *count; i++) {
        uint32_t root = graph_root(reach->graph, i);

        if (index_rebuilding_add(&r, root, err) < 0)
            return -1;
        if (r.outcomes[root].is_new)
            give(&names[i], &r.outcomes[root]);
        if (!is_name_listed(names, kept, &names[i]))
            names[kept++] = names[i];
    }
    *count = kept;
    return keep_new_indexes(&p, &r, err);
}
