/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/platform_check.h"

#include "base/mem.h"
#include "io/json/json.h"
#include "oci/graph_walk.h"
#include "ops/plan/resolve.h"
#include "registry/pull.h"
#include "registry/pull_blob.h"

#include <stdlib.h>
#include <string.h>

enum {
    CONFIG_MAX = 1 << 20, /* bytes; a larger config is not looked into */
    NAMED_MAX = 16,       /* platforms that a message names */
};

/* What one image has. */
struct offer {
    const struct choice *choice;
    const struct graph *graph;
    struct document_cache *cache;
    const bool *is_silent;                    /* by graph id */
    bool has[CHOICE_PLATFORMS_MAX];           /* of those that were asked for */
    char named[NAMED_MAX][PLATFORM_TEXT_MAX]; /* the first few, for people */
    size_t count;
};

static void
note_platform(struct offer *o, const char *spec, const char *text)
{
    size_t i = 0;

    if (spec[0] == '\0')
        return;
    for (size_t k = 0; k < o->choice->count; k++)
        o->has[k] |= strcmp(o->choice->platforms[k], spec) == 0;
    while (i < o->count && strcmp(o->named[i], text) != 0)
        i++;
    if (i == o->count && o->count < NAMED_MAX)
        memcpy(o->named[o->count++], text, strlen(text) + 1);
}

/* ---- images that nobody says the platform of ---- */

/* The config of an image; NULL of anything else. */
static const struct graph_object *
config_of(const struct graph *g, const struct graph_object *o)
{
    static const char *const types[] = {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    };

    for (uint32_t i = 0; o->artifact_type[0] == '\0' && i < o->edge_count; i++) {
        const struct graph_object *config = graph_object(g, o->edges[i].to);
        const char *type = graph_media_type(g, &o->edges[i]);

        if (o->edges[i].kind == EDGE_CONFIG && config->size > 0 &&
            config->size <= CONFIG_MAX &&
            (strcmp(type, types[0]) == 0 || strcmp(type, types[1]) == 0))
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

/* Those that stand alone, and children of an index that gives them no platform. */
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
    struct repository repo = resolve_repository(job->ref);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT((size_t)job->size);
    struct byte_sink sink = byte_buf_sink(&bytes);

    if (pull_blob(client_session(job->options->client, worker), &repo, &job->digest,
                  job->size, NULL, &sink, err) < 0) {
        resolve_wrap(err, job->ref);
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

/* ---- what there is ---- */

static void
note_config(struct offer *offer, const struct graph_object *config)
{
    struct platform platform = {.text = ""};
    size_t len = 0;
    const char *bytes = document_cache_find(offer->cache, &config->digest, &len);
    struct js *root = bytes ? js_parse(bytes, len, ERR_PROTOCOL, err_ignored()) : NULL;

    if (root && platform_read(&platform, root) == 1)
        note_platform(offer, platform.spec, platform.text);
    js_close(root);
}

/* graph_walk_root(): a document says its own platform, or that of its children. */
static void
note_document(void *ctx, uint32_t id, bool as_document)
{
    struct offer *offer = ctx;
    const struct graph_object *o = graph_object(offer->graph, id);

    if (offer->is_silent[id])
        note_config(offer, config_of(offer->graph, o));
    for (uint32_t i = 0; as_document && i < o->edge_count; i++) {
        const struct graph_edge *e = &o->edges[i];

        if (e->kind == EDGE_CHILD && !e->is_attestation)
            note_platform(offer, graph_spec(offer->graph, e),
                          graph_platform(offer->graph, e));
    }
}

static int
check_offer(const struct offer *o, const struct reference *ref, struct err *err)
{
    CLEANUP(buf_release) struct buf list = BUF_INIT(NAMED_MAX * PLATFORM_TEXT_MAX);
    size_t lacking = 0;

    while (lacking < o->choice->count && o->has[lacking])
        lacking++;
    if (o->count == 0 || lacking == o->choice->count)
        return 0;
    for (size_t i = 0; i < o->count; i++)
        (void)!buf_addf(&list, "%s%s", i > 0 ? ", " : "", o->named[i]);
    err_set(err, ERR_NOT_FOUND, "no %s: there is %s", o->choice->platforms[lacking],
            list.data);
    return resolve_wrap(err, ref);
}

static int
check(const struct reach *reach, struct plan_name *names,
      const struct walk_options *options, const bool *is_silent, struct err *err)
{
    CLEANUP(graph_walk_release) struct graph_walk *walk = graph_walk_new(reach->graph);

    for (size_t i = 0; i < graph_root_count(reach->graph); i++) {
        struct offer offer = {.choice = options->choice,
                              .graph = reach->graph,
                              .cache = options->cache,
                              .is_silent = is_silent};

        graph_walk_root(walk, graph_root(reach->graph, i), note_document, &offer);
        if (check_offer(&offer, &names[i].ref, err) == 0)
            continue;
        if (failures_note_name(options->failures, &names[i].ref, err) < 0)
            return -1;
        names[i].is_lost = true;
    }
    return 0;
}

int
platform_check(const struct reach *reach, struct plan_name *names,
               const struct walk_options *options, struct err *err)
{
    bool *is_silent;
    int rc;

    if (options->choice->count == 0)
        return 0;
    is_silent = find_silent(reach->graph);
    rc = fetch_configs(reach, is_silent, names, options, err);
    if (rc == 0)
        rc = check(reach, names, options, is_silent, err);
    free(is_silent);
    return rc;
}
