/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/platform_check.h"

#include "base/err_list.h"
#include "base/mem.h"
#include "images/image_set.h"
#include "io/json/json.h"
#include "oci/graph_walk.h"
#include "ops/plan/plan_name.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_MAX = 1 << 20, /* bytes; a larger config is not read */
};

/* The selected platforms, and those of one image. */
struct platform_search {
    const struct choice *choice;
    const struct image_source *source;
    const struct graph *graph;
    struct document_cache *cache;
    const bool *is_silent; /* by graph id */
    uint64_t has;          /* bit i: number i of the choice */
    struct platform_offer offer;
};

static void
note_platform(struct platform_search *s, const char *spec, const char *text)
{
    struct platform_offer *offer = &s->offer;
    size_t i = 0;

    if (spec[0] == '\0')
        return;
    for (size_t k = 0; k < s->choice->count; k++) {
        if (platform_matches(s->choice->platforms[k], spec))
            s->has |= UINT64_C(1) << k;
    }
    while (i < offer->count && strcmp(offer->items[i], text) != 0)
        i++;
    if (i == offer->count && i < PLATFORM_OFFER_MAX)
        memcpy(offer->items[offer->count++], text, strlen(text) + 1);
}

/* ---- images without a platform in their index ---- */

/* The config of an image; NULL for anything else. */
static const struct graph_object *
config_of(const struct graph *g, const struct graph_object *o)
{
    for (uint32_t i = 0; o->artifact_type[0] == '\0' && i < o->edge_count; i++) {
        const struct graph_object *config = graph_object(g, o->edges[i].to);
        const char *type = graph_media_type(g, &o->edges[i]);

        if (o->edges[i].kind == EDGE_CONFIG && config->size > 0 &&
            config->size <= CONFIG_MAX && image_config_type(type))
            return config;
    }
    return NULL;
}

static void
mark_if_silent(const struct graph *g, uint32_t id, bool *is_silent)
{
    const struct graph_object *o = graph_object(g, id);

    is_silent[id] |= o->kind == MEDIA_MANIFEST && config_of(g, o) != NULL;
}

/* Top-level images, and children of an index that gives them no platform. */
static bool *
find_silent(const struct graph *g)
{
    bool *is_silent = xcalloc(graph_count(g), sizeof(*is_silent));

    for (size_t i = 0; i < graph_root_count(g); i++)
        mark_if_silent(g, graph_root(g, i), is_silent);
    for (uint32_t id = 0; id < graph_count(g); id++) {
        const struct graph_object *o = graph_object(g, id);

        for (uint32_t i = 0; i < o->edge_count; i++) {
            const struct graph_edge *e = &o->edges[i];

            if (e->kind == EDGE_CHILD && !e->is_attestation &&
                graph_platform(g, e)[0] == '\0')
                mark_if_silent(g, e->to, is_silent);
        }
    }
    return is_silent;
}

struct config_job {
    struct pool_job job;
    const struct reference *ref;
    const struct walk_options *options;
    struct digest digest; /* of the config */
    uint64_t size;
};

static int
fetch_config(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct config_job *job = (const struct config_job *)base;
    const struct image_source *source = job->options->source;
    const struct image_object config = {
        .in = job->ref, .digest = &job->digest, .size = job->size};
    CLEANUP(buf_release) struct buf bytes = BUF_INIT((size_t)job->size);
    struct byte_sink sink = byte_buf_sink(&bytes);

    if (source->fetch_blob(source->ctx, worker, &config, NULL, &sink, err) < 0) {
        plan_name_wrap(err, job->ref);
        return failures_note_object(job->options->failures, FAILURE_BLOB, job->ref,
                                    &job->digest, err);
    }
    return document_cache_put(job->options->cache, &job->digest, buf_steal(&bytes),
                              (size_t)job->size, err);
}

static int
fetch_configs(const struct reach *reach, const bool *is_silent,
              const struct plan_name *names, const struct walk_options *options,
              struct err *err)
{
    struct config_job *jobs = xcalloc(reach->count, sizeof(*jobs));
    int rc;

    for (uint32_t id = 0; id < reach->count; id++) {
        const struct graph_object *o = graph_object(reach->graph, id);
        const struct graph_object *config =
            is_silent[id] ? config_of(reach->graph, o) : NULL;
        size_t len;

        if (!config || document_cache_find(options->cache, &config->digest, &len))
            continue;
        jobs[id] = (struct config_job){.job.run = fetch_config,
                                       .ref = &names[reach->names[id]].ref,
                                       .options = options,
                                       .digest = config->digest,
                                       .size = config->size};
        pool_add(options->pool, &jobs[id].job);
    }
    rc = pool_wait(options->pool, err);
    free(jobs);
    return rc;
}

/* ---- platforms present ---- */

static void
note_config(struct platform_search *s, const struct graph_object *config)
{
    struct platform platform = {.text = ""};
    size_t len = 0;
    const char *bytes = document_cache_find(s->cache, &config->digest, &len);
    struct js *root =
        bytes ? js_parse_foreign(bytes, len, ERR_PROTOCOL, err_ignored()) : NULL;

    if (root && platform_read(&platform, root) == 1)
        note_platform(s, platform.spec, platform.text);
    js_close(root);
}

/* For graph_walk_root(): collect the platforms of a document and its children. */
static void
note_document(void *ctx, uint32_t id, bool as_document)
{
    struct platform_search *s = ctx;
    const struct graph_object *o = graph_object(s->graph, id);

    if (s->is_silent[id])
        note_config(s, config_of(s->graph, o));
    for (uint32_t i = 0; as_document && i < o->edge_count; i++) {
        const struct graph_edge *e = &o->edges[i];

        if (e->kind == EDGE_CHILD && !e->is_attestation &&
            image_source_absence(s->source, &graph_object(s->graph, e->to)->digest) ==
                ABSENCE_UNKNOWN)
            note_platform(s, graph_spec(s->graph, e), graph_platform(s->graph, e));
    }
}

/* Bits of the platforms that the image lacks; 0 for an image without a platform. */
static uint64_t
lacking_of(const struct platform_search *s)
{
    uint64_t all = UINT64_MAX >> (CHOICE_PLATFORMS_MAX - s->choice->count);

    return s->offer.count == 0 ? 0 : all & ~s->has;
}

/* ---- the consequences ---- */

/* "NAME: linux/arm64 not available: found linux/amd64" */
static void
describe_lack(const struct platform_search *s, const struct reference *ref,
              uint64_t lacking, enum err_reason reason, struct err *err)
{
    CLEANUP(buf_release)
    struct buf lacks = BUF_INIT(CHOICE_PLATFORMS_MAX * PLATFORM_TEXT_MAX);
    CLEANUP(buf_release) struct buf has = BUF_INIT(PLATFORM_OFFER_TEXT_MAX);

    choice_list(s->choice, lacking, &lacks);
    platform_offer_list(&s->offer, &has);
    err_because(err, ERR_NOT_FOUND, reason, "%s not available: found %s", lacks.data,
                has.data);
    plan_name_wrap(err, ref);
}

static void
skip_name(struct skipped_list *l, const struct plan_name *name,
          const struct platform_offer *offer)
{
    char text[REFERENCE_TEXT_MAX];

    reference_name(&name->ref, text);
    l->items = mem_grow(l->items, l->count, &l->cap, sizeof(*l->items));
    l->items[l->count++] = (struct skipped_name){.name = xstrdup(text), .offer = *offer};
}

/* 1 when the name is to be skipped, else 0. */
static int
judge_name(const struct platform_search *s, struct plan_name *name,
           const struct walk_options *options, struct err_list *bad)
{
    bool needs_all = options->if_missing == PLATFORM_MISSING_ALL;
    uint64_t lacking = lacking_of(s);
    struct err why = ERR_INIT;

    name->lacks = 0;
    if (lacking == 0)
        return 0;
    if (s->has && !needs_all) {
        name->lacks = lacking;
        return 0;
    }
    if (!s->has && options->if_missing == PLATFORM_MISSING_SKIP)
        return 1;
    describe_lack(s, &name->ref, lacking,
                  needs_all ? REASON_LACKS_PLATFORM : REASON_NO_PLATFORM, &why);
    if (failures_note_name(options->failures, &name->ref, &why) < 0)
        err_list_add(bad, &why);
    else
        name->is_lost = true;
    return 0;
}

static int
judge_names(const struct reach *reach, struct plan_name *names, size_t *count,
            const struct walk_options *options, const bool *is_silent,
            struct skipped_list *skipped, struct err *err)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(reach->graph);
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;
    size_t all = *count, kept = 0;

    for (size_t i = 0; i < all; i++) {
        struct platform_search s = {.choice = options->choice,
                                    .source = options->source,
                                    .graph = reach->graph,
                                    .cache = options->cache,
                                    .is_silent = is_silent};

        graph_walk_root(walk, graph_root(reach->graph, i), note_document, &s);
        if (judge_name(&s, &names[i], options, &bad) == 1)
            skip_name(skipped, &names[i], &s.offer);
        else
            names[kept++] = names[i];
    }
    *count = kept;
    if (err_list_end(&bad, &options->run->events, "images lack selected platforms", err) <
        0)
        return -1;
    return kept < all;
}

void
platform_offer_list(const struct platform_offer *offer, struct buf *out)
{
    for (size_t i = 0; i < offer->count; i++)
        (void)!buf_addf(out, "%s%s", i > 0 ? ", " : "", offer->items[i]);
}

void
skipped_list_release(struct skipped_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->items[i].name);
    free(l->items);
    *l = (struct skipped_list){.items = NULL};
}

int
platform_check(const struct reach *reach, struct plan_name *names, size_t *count,
               const struct walk_options *options, struct skipped_list *skipped,
               struct err *err)
{
    bool *is_silent;
    int rc;

    if (options->choice->count == 0)
        return 0;
    is_silent = find_silent(reach->graph);
    rc = fetch_configs(reach, is_silent, names, options, err);
    if (rc == 0)
        rc = judge_names(reach, names, count, options, is_silent, skipped, err);
    free(is_silent);
    return rc;
}
