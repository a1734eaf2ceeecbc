/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/omitted.h"

#include "base/mem.h"
#include "oci/graph_walk.h"

#include <stdlib.h>

struct omissions {
    const struct bundle_omitted **sorted; /* by digest */
    size_t count;
};

static int
by_omitted_digest(const void *a, const void *b)
{
    const struct bundle_omitted *const *x = a, *const *y = b;

    return digest_compare(&(*x)->digest, &(*y)->digest);
}

void
omissions_release(struct omissions **o)
{
    if (*o)
        free((*o)->sorted);
    free(*o);
    *o = NULL;
}

struct omissions *
omissions_of(const struct bundle_content *c)
{
    struct omissions *o = xcalloc(1, sizeof(*o));

    o->count = c->omitted_count;
    o->sorted = xcalloc(o->count, sizeof(*o->sorted));
    for (size_t i = 0; i < o->count; i++)
        o->sorted[i] = &c->omitted[i];
    qsort(o->sorted, o->count, sizeof(*o->sorted), by_omitted_digest);
    return o;
}

void
omissions_leave_out(void *ctx, const struct document *doc, bool *omit)
{
    const struct omissions *o = ctx;

    for (size_t i = 0; doc->kind == MEDIA_INDEX && i < doc->count; i++) {
        struct bundle_omitted wanted = {.digest = doc->edges[i].digest};
        const struct bundle_omitted *key = &wanted;

        omit[i] = bsearch(&key, o->sorted, o->count, sizeof(*o->sorted),
                          by_omitted_digest) != NULL;
    }
}

/* ---- why ---- */

static int
compare_omitted(const void *a, const void *b)
{
    return digest_compare(a, b);
}

/* Mark what index.json names as missing. */
static void
mark_missing(struct bundle_content *c)
{
    const struct missing_list *missing = &c->index.missing;
    struct digest *digests = xcalloc(missing->count, sizeof(*digests));
    size_t n = 0;

    for (size_t i = 0; i < missing->count; i++) {
        if (missing->items[i].has_digest)
            digests[n++] = missing->items[i].digest;
    }
    qsort(digests, n, sizeof(*digests), compare_omitted);
    for (size_t i = 0; i < c->omitted_count; i++)
        c->omitted[i].is_missing =
            bsearch(&c->omitted[i].digest, digests, n, sizeof(*digests), compare_omitted);
    free(digests);
}

int
omissions_explain(struct bundle_content *c, struct err *err)
{
    bool by_platform = false;

    mark_missing(c);
    for (size_t i = 0; i < c->omitted_count; i++)
        by_platform |= !c->omitted[i].is_missing;
    if (by_platform == c->index.meta.omits_platforms)
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                       "SHA256SUMS and index.json disagree on whether something is left "
                       "out");
}

/* ---- in the end ---- */

int
omissions_check(struct bundle_content *c, struct err *err)
{
    size_t count;
    const uint32_t *ids = graph_omitted(c->graph, &count);

    c->is_missing = xcalloc(graph_count(c->graph), sizeof(*c->is_missing));
    for (size_t i = 0; i < c->omitted_count; i++) {
        const struct bundle_omitted *told = &c->omitted[i];
        const struct graph_object *o = i < count ? graph_object(c->graph, ids[i]) : NULL;
        char text[DIGEST_TEXT_MAX];

        if (o && o->size == told->size && digest_equal(&o->digest, &told->digest)) {
            c->is_missing[ids[i]] = told->is_missing;
            continue;
        }
        digest_text(&told->digest, text);
        return err_because(err, ERR_INTEGRITY, REASON_SUMS,
                           "SHA256SUMS says that %s is left out, which is not so here",
                           text);
    }
    return 0; /* the graph leaves out nothing but what was told */
}
