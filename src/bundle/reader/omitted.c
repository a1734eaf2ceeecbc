/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/omitted.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "oci/graph_walk.h"

void
omissions_leave_out(void *ctx, const struct document *doc, bool *omit)
{
    const struct digest_map *omitted = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++)
        omit[i] = digest_map_find(omitted, &doc->edges[i].digest) != NULL;
}

/* ---- reasons ---- */

/* Mark what index.json lists as missing. */
static void
mark_missing(struct sums *sums, const struct missing_list *list)
{
    CLEANUP(digest_map_release) struct digest_map missing = DIGEST_MAP_INIT;

    for (size_t i = 0; i < list->count; i++) {
        struct missing_name *m = &list->items[i];

        if (m->has_digest)
            digest_map_add(&missing, &m->digest, m);
    }
    for (size_t i = 0; i < sums->omitted_count; i++)
        sums->omitted[i].is_missing = digest_map_find(&missing, &sums->omitted[i].digest);
}

int
omissions_explain(struct sums *sums, const struct index_content *index, struct err *err)
{
    bool by_platform = false;

    mark_missing(sums, &index->set.missing);
    for (size_t i = 0; i < sums->omitted_count; i++)
        by_platform |= !sums->omitted[i].is_missing;
    if (by_platform == index->meta.omits_platforms)
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                       "SHA256SUMS and index.json disagree on whether something is left "
                       "out");
}

/* ---- final check ---- */

int
omissions_check(struct image_set *set, const struct sums *sums, struct err *err)
{
    size_t count;
    const uint32_t *ids = graph_omitted(set->graph, &count);

    set->is_missing = xcalloc(graph_count(set->graph), sizeof(*set->is_missing));
    for (size_t i = 0; i < sums->omitted_count; i++) {
        const struct bundle_omitted *told = &sums->omitted[i];
        const struct graph_object *o =
            i < count ? graph_object(set->graph, ids[i]) : NULL;
        char text[DIGEST_TEXT_MAX];

        if (o && o->size == told->size && digest_equal(&o->digest, &told->digest)) {
            set->is_missing[ids[i]] = told->is_missing;
            continue;
        }
        digest_text(&told->digest, text);
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS lists %s as omitted, but it is not", text);
    }
    return 0; /* the graph leaves out only what it was told to */
}
