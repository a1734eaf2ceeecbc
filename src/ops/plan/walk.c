/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/walk.h"

#include "base/digest_map.h"
#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/plan/fetch_attempts.h"
#include "ops/plan/plan_name.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t NO_NAME = UINT32_MAX; /* not used by any name so far */

/* An object whose bytes are needed to continue. */
struct fetch_job {
    struct pool_job job;
    struct walk *walk;
    struct fetch_job *next; /* all jobs, to be freed at the end */
    struct fetch_attempts attempts;
};

struct walk {
    const struct walk_options *options;
    const struct plan_name *names;
    size_t name_count;
    struct reach *reach;
    pthread_mutex_t one_large; /* held during the transfer of one; acquired before lock */
    pthread_mutex_t lock;      /* guards the members below, and the reach */
    struct fetch_job *fetches;
    struct err *note_err; /* error of watch_document() */
    bool failed;          /* something failed, so the graph is unusable */
};

/* ---- collected from documents ---- */

/* Inline content of a descriptor need not be fetched. */
static void
keep_data(struct walk *walk, const struct descriptor *d)
{
    size_t len = (size_t)d->size;
    char *copy;

    if (!d->data || walk->failed)
        return;
    copy = xmalloc(len);
    memcpy(copy, d->data, len);
    if (document_cache_put(walk->options->cache, &d->digest, copy, len, walk->note_err) <
        0)
        walk->failed = true;
}

/* The map owns its digests. */
static void
note_missing(struct digest_map *missing, const struct digest *child)
{
    struct digest *own = xmalloc(sizeof(*own));

    *own = *child;
    if (digest_map_add(missing, own, own) != own)
        free(own);
}

/* Children that could not be fetched, and those that the source lacks.  Caller holds
 * walk->lock. */
static void
leave_out_absent(const struct walk *walk, const struct document *index, bool *omit)
{
    const struct walk_options *o = walk->options;

    for (size_t i = 0; i < index->count; i++) {
        const struct digest *child = &index->edges[i].digest;
        enum image_absence absence =
            omit[i] ? ABSENCE_UNKNOWN : image_source_absence(o->source, child);

        if (absence == ABSENCE_MISSING)
            note_missing(o->missing, child);
        omit[i] |= absence != ABSENCE_UNKNOWN || failures_has(o->failures, child);
    }
}

static void
watch_document(void *ctx, const struct document *doc, bool *omit)
{
    struct walk *walk = ctx;

    for (size_t i = 0; i < doc->count; i++) {
        keep_data(walk, &doc->edges[i]);
        foreign_urls_note(walk->options->links, &doc->edges[i]);
    }
    if (doc->kind == MEDIA_INDEX) {
        choice_apply(walk->options->choice, doc, omit);
        leave_out_absent(walk, doc, omit);
    }
}

/* ---- the graph ---- */

/* New objects below a document are assigned to the first name that needs them.  Caller
 * holds walk->lock. */
static void
note_new_objects(struct walk *walk, uint32_t parent, uint32_t name)
{
    struct reach *r = walk->reach;
    const struct graph_object *o = graph_object(r->graph, parent);

    while (r->count < graph_count(r->graph)) {
        r->names = mem_grow(r->names, r->count, &r->cap, sizeof(*r->names));
        r->names[r->count++] = NO_NAME;
    }
    if (r->names[parent] == NO_NAME)
        r->names[parent] = name;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t id = o->edges[i].to;

        if (r->names[id] == NO_NAME && graph_object(r->graph, id)->state != GRAPH_OMITTED)
            r->names[id] = name;
    }
}

/* A document that was fetched but is unusable: the next walk leaves it out.  Caller holds
 * walk->lock. */
static int
drop_document(struct walk *walk, const struct reference *ref, const struct digest *digest,
              struct err *err)
{
    plan_name_wrap(err, ref);
    walk->failed = true;
    if (err->kind == ERR_LIMIT) /* a limit of the bundle, not of the document */
        return -1;
    return failures_note_object(walk->options->failures, FAILURE_DOCUMENT, ref, digest,
                                err);
}

/* Caller holds walk->lock. */
static int
feed_graph(struct walk *walk, uint32_t id, const char *bytes, size_t len, struct err *err)
{
    struct reach *r = walk->reach;

    walk->note_err = err;
    if (graph_feed(r->graph, id, bytes, len, err) < 0)
        walk->failed = true;
    if (walk->failed)
        return drop_document(walk, &walk->names[r->names[id]].ref,
                             &graph_object(r->graph, id)->digest, err);
    note_new_objects(walk, id, r->names[id]);
    return 0;
}

static int fetch_document(struct pool_job *base, unsigned worker, struct err *err);

/* Feed from the cache, or queue a fetch job.  Caller holds walk->lock. */
static int
get_what_is_wanted(struct walk *walk, struct err *err)
{
    struct graph *graph = walk->reach->graph;
    uint32_t id;

    while (!walk->failed && (id = graph_next(graph)) != GRAPH_NONE) {
        const struct graph_object *o = graph_object(graph, id);
        size_t len;
        const char *bytes = document_cache_find(walk->options->cache, &o->digest, &len);
        struct fetch_job *job;

        if (bytes && len == o->size) {
            if (feed_graph(walk, id, bytes, len, err) < 0)
                return -1;
            continue;
        }
        job = xcalloc(1, sizeof(*job));
        *job = (struct fetch_job){
            .job.run = fetch_document,
            .walk = walk,
            .next = walk->fetches,
            .attempts = {.object = id, .name = walk->reach->names[id]}};
        walk->fetches = job;
        pool_add(walk->options->pool, &job->job);
    }
    return 0;
}

/* ---- fetching ---- */

/* A registry may serve unknown children of an index as manifests, or only as blobs. */
static int
fetch_child(const struct fetch_job *job, unsigned worker, const struct graph_object *o,
            struct image_document *out, struct err *err)
{
    const struct walk *walk = job->walk;
    const struct image_source *source = walk->options->source;
    const struct image_object what = {.in = &walk->names[job->attempts.name].ref,
                                      .digest = &o->digest,
                                      .size = o->size,
                                      .media_type = o->media_type};
    struct byte_sink sink = byte_buf_sink(&out->bytes);

    if (source->fetch_document(source->ctx, worker, &what, out, err) == 0)
        return 0;
    if (err->kind != ERR_NOT_FOUND)
        return -1;
    if (source->fetch_blob(source->ctx, worker, &what, NULL, &sink, err) == 0)
        return 0;
    if (err->kind == ERR_NOT_FOUND && o->has_parent_child_edge)
        err->reason = REASON_INCOMPLETE_INDEX;
    return -1;
}

/* Put it into the cache and the graph, which may then need more. */
static int
include_document(struct walk *walk, uint32_t id, const struct digest *digest,
                 struct buf *got, struct err *err)
{
    struct document_cache *cache = walk->options->cache;
    size_t len = got->len;
    const char *bytes;
    int rc;

    document_warn_large(&walk->options->run->events, len);
    if (document_cache_put(cache, digest, buf_steal(got), len, err) < 0)
        return -1;
    bytes = document_cache_find(cache, digest, &len);

    pthread_mutex_lock(&walk->lock);
    rc = walk->failed ? 0 : feed_graph(walk, id, bytes, len, err);
    if (rc == 0 && !walk->failed)
        rc = get_what_is_wanted(walk, err);
    pthread_mutex_unlock(&walk->lock);
    events_done(&walk->options->run->events, 1);
    return rc;
}

static int
fetch_document(struct pool_job *base, unsigned worker, struct err *err)
{
    struct fetch_job *job = (struct fetch_job *)base;
    struct walk *walk = job->walk;
    CLEANUP(image_document_release) struct image_document got = IMAGE_DOCUMENT_INIT;
    const struct reference *ref = &walk->names[job->attempts.name].ref;
    struct graph_object o;
    bool is_large;
    int rc;

    pthread_mutex_lock(&walk->lock);
    o = *graph_object(walk->reach->graph, job->attempts.object);
    pthread_mutex_unlock(&walk->lock);

    is_large = o.size > DOCUMENT_SMALL_MAX;
    if (is_large)
        pthread_mutex_lock(&walk->one_large);
    rc = fetch_child(job, worker, &o, &got, err);
    if (rc == 0) {
        rc = include_document(walk, job->attempts.object, &o.digest, &got.bytes, err);
    } else {
        plan_name_wrap(err, ref);
        rc = failures_put_off(walk->options->failures, &job->attempts.failure, err);
    }
    if (is_large)
        pthread_mutex_unlock(&walk->one_large);
    return rc;
}

/* ---- the whole walk ---- */

/* Add the roots in the order of the names.  Caller holds walk->lock. */
static int
plant_roots(struct walk *walk, struct err *err)
{
    for (size_t i = 0; i < walk->name_count; i++) {
        const struct plan_name *name = &walk->names[i];
        uint32_t id;

        if (graph_add_root(walk->reach->graph, &name->digest, name->size,
                           name->media_type, &id, err) < 0)
            return drop_document(walk, &name->ref, &name->digest, err);
        note_new_objects(walk, id, (uint32_t)i);
    }
    return 0;
}

/* Request it from another name's repository; 1 when requested.  Caller holds
 * walk->lock. */
static int
retry_document_elsewhere(struct walk *walk, struct fetch_job *job, struct err *err)
{
    struct reach *r = walk->reach;
    int rc = fetch_attempts_next(&job->attempts, r->graph, walk->names,
                                 walk->options->failures, FAILURE_DOCUMENT, err);

    r->names[job->attempts.object] = job->attempts.name;
    if (rc == 1)
        pool_add(walk->options->pool, &job->job);
    return rc;
}

/* The number of postponed objects that are retried, or -1. */
static int
take_up_again(struct walk *walk, struct err *err)
{
    int count = 0, rc = 0;

    pthread_mutex_lock(&walk->lock);
    for (struct fetch_job *job = walk->fetches; job && rc >= 0 && !walk->failed;
         job = job->next) {
        rc = job->attempts.failure ? retry_document_elsewhere(walk, job, err) : 0;
        count += rc == 1;
    }
    pthread_mutex_unlock(&walk->lock);
    return rc < 0 ? -1 : count;
}

/* Another repository may have what one lacks. */
static int
retry_documents_elsewhere(struct walk *walk, struct err *err)
{
    int count;

    while ((count = take_up_again(walk, err)) > 0) {
        if (pool_wait(walk->options->pool, err) < 0)
            return -1;
    }
    return count;
}

static int
run(struct walk *walk, struct err *err)
{
    size_t failures = failures_count(walk->options->failures);
    struct err later = ERR_INIT;
    int rc;

    pthread_mutex_lock(&walk->lock);
    rc = plant_roots(walk, err);
    if (rc == 0)
        rc = get_what_is_wanted(walk, err);
    pthread_mutex_unlock(&walk->lock);
    if (pool_wait(walk->options->pool, rc < 0 ? &later : err) < 0 || rc < 0 ||
        retry_documents_elsewhere(walk, err) < 0)
        return -1;
    return failures_count(walk->options->failures) > failures
               ? 1
               : graph_finish(walk->reach->graph, err);
}

/* 0; 1 after failures: *out is then usable for failures_spread() only; -1. */
static int
walk_names(struct reach *out, const struct plan_name *names, size_t count,
           const struct walk_options *options, struct err *err)
{
    struct walk walk = {
        .options = options, .names = names, .name_count = count, .reach = out};
    int rc;

    out->graph = graph_new(ERR_PROTOCOL);
    graph_watch(out->graph, watch_document, &walk);
    pthread_mutex_init(&walk.one_large, NULL);
    pthread_mutex_init(&walk.lock, NULL);
    rc = run(&walk, err);
    while (walk.fetches) {
        struct fetch_job *next = walk.fetches->next;

        free(walk.fetches->attempts.failure);
        free(walk.fetches);
        walk.fetches = next;
    }
    pthread_mutex_destroy(&walk.lock);
    pthread_mutex_destroy(&walk.one_large);
    return rc;
}

void
reach_release(struct reach *r)
{
    graph_release(&r->graph);
    free(r->names);
    *r = (struct reach)REACH_INIT;
}

/* ---- without lost objects ---- */

/* Whether it, or what it is attached to, could not be fetched. */
static bool
is_lost(const struct plan_name *name, struct failures *failures)
{
    return name->is_lost || failures_has(failures, &name->digest) ||
           (name->is_attached && failures_has(failures, &name->subject));
}

static void
drop_lost_names(struct plan_name *names, size_t *count, struct failures *failures)
{
    size_t kept = 0;

    for (size_t i = 0; failures && i < *count; i++) {
        if (!is_lost(&names[i], failures)) {
            names[kept++] = names[i];
            continue;
        }
        failures_miss(failures, &names[i].ref);
        if (names[i].is_attached) /* then what is attached to it is lost, too */
            failures_lose(failures, &names[i].digest);
    }
    if (failures)
        *count = kept;
}

int
walk_what_is_there(struct reach *out, struct plan_name *names, size_t *count,
                   const struct walk_options *options, struct err *err)
{
    for (;;) {
        int rc;

        drop_lost_names(names, count, options->failures);
        rc = walk_names(out, names, *count, options, err);
        if (rc != 1)
            return rc;
        failures_spread(options->failures, out->graph);
        reach_release(out);
    }
}
