/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_blobs.h"

#include "base/mem.h"
#include "base/pool.h"
#include "bundle/format/writer.h"
#include "oci/graph_walk.h"
#include "ops/plan/fetch_attempts.h"
#include "ops/plan/plan_name.h"

#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 256 << 10, /* bytes per write: the network delivers far fewer at a time */
    WRITE_BACK_STEP = 8 << 20, /* bytes after which write-back is started */
};

/* Fetch one blob from its registry to its place. */
struct blob_job {
    struct pool_job job;
    struct writing *writing;
    size_t member;
    char *piece; /* bytes of the blob from `at` on, not yet written */
    uint64_t at;
    size_t held;           /* bytes in the piece */
    uint64_t salvaged;     /* bytes that need not be fetched */
    uint64_t written_back; /* offset in the blob up to which write-back was started */
    struct fetch_attempts attempts;
};

static const struct bundle_member *
member_of(const struct blob_job *job)
{
    return &job->writing->result->layout.members[job->member];
}

/* Pieces end at multiples of PIECE in the file, so that each write fills whole pages. */
static size_t
room_in_piece(const struct blob_job *job)
{
    return PIECE - (size_t)((member_of(job)->offset + job->at) % PIECE) - job->held;
}

static int
write_piece(struct blob_job *job, struct err *err)
{
    const struct writing *w = job->writing;
    uint64_t end = job->at + job->held;

    if (job->held > 0 && bundle_write_blob(&w->result->layout, &w->file, job->member,
                                           job->at, job->piece, job->held, err) < 0)
        return -1;
    job->at = end;
    job->held = 0;
    if (end >= job->written_back + WRITE_BACK_STEP) {
        volumes_write_soon(&w->file, member_of(job)->offset + job->written_back,
                           end - job->written_back);
        job->written_back = end;
    }
    return 0;
}

static int
take_part(void *ctx, uint64_t at, const void *bytes, size_t len, struct err *err)
{
    struct blob_job *job = ctx;
    const struct events *events = &job->writing->options->plan.run->events;
    const char *p = bytes;

    if (at != job->at + job->held) { /* fetched again from the start */
        events_undone(events, job->at + job->held - at);
        job->writing->reused -= job->salvaged;
        job->salvaged = 0;
        job->at = job->written_back = at;
        job->held = 0;
    }
    events_done(events, len);
    job->writing->fetched += len;
    while (len > 0) {
        size_t room = room_in_piece(job), n = len < room ? len : room;

        memcpy(job->piece + job->held, p, n);
        job->held += n;
        p += n;
        len -= n;
        if (n == room && write_piece(job, err) < 0)
            return -1;
    }
    return 0;
}

/* Fetch a layer that the registry only links to: from the first URL that works. */
static int
follow_links(struct blob_job *job, unsigned worker, struct image_object what,
             struct err *err)
{
    const struct writing *w = job->writing;
    const struct image_source *source = w->options->plan.source;
    struct byte_sink sink = {.write_at = take_part, .ctx = job};
    size_t count;
    char *const *urls = foreign_urls_find(w->result->plan.links, what.digest, &count);

    if (!w->options->foreign_layers) {
        err->reason = REASON_FOREIGN_LAYER;
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        *err = (struct err)ERR_INIT;
        what.url = urls[i];
        if (source->fetch_blob(source->ctx, worker, &what, NULL, &sink, err) == 0)
            return 0;
        if (err->kind == ERR_SIGNAL || err->kind == ERR_LOCAL)
            return -1;
        events_debug(&w->options->plan.run->events, "foreign layer: %s", err->msg);
    }
    return -1;
}

/* Fetch the bytes after the prefix. */
static int
fetch_rest(struct blob_job *job, struct blob_prefix *prefix, unsigned worker,
           struct err *err)
{
    const struct image_source *source = job->writing->options->plan.source;
    const struct plan *plan = &job->writing->result->plan;
    const struct graph_object *object =
        graph_object(plan->set.graph, job->attempts.object);
    const struct reference *ref = &plan->names[job->attempts.name].ref;
    const struct image_object what = {
        .in = ref, .digest = &object->digest, .size = object->size};
    struct byte_sink sink = {.write_at = take_part, .ctx = job};
    int rc;

    job->piece = xmalloc(object->size < PIECE ? (size_t)object->size : PIECE);
    rc = source->fetch_blob(source->ctx, worker, &what, prefix, &sink, err);
    if (rc < 0 && err->kind == ERR_NOT_FOUND && object->is_foreign)
        rc = follow_links(job, worker, what, err);
    if (rc == 0)
        rc = write_piece(job, err);
    free(job->piece);
    if (rc == 0)
        return 0;
    plan_name_wrap(err, ref);
    return failures_put_off(plan->failures, &job->attempts.failure, err);
}

static int
bring_blob(struct pool_job *base, unsigned worker, struct err *err)
{
    struct blob_job *job = (struct blob_job *)base;
    struct writing *w = job->writing;
    const struct bundle_member *m = member_of(job);
    const struct reuse_blob blob = {&w->file, m->offset, m->size, &m->digest};
    CLEANUP(blob_prefix_release) struct blob_prefix prefix = BLOB_PREFIX_INIT;
    int rc = reuse_blob(&w->salvage, &blob, &prefix, &w->options->plan.run->cancel, err);

    if (rc < 0)
        return -1;
    job->salvaged = rc == 1 ? m->size : prefix.len;
    w->reused += job->salvaged;
    events_done(&w->options->plan.run->events, job->salvaged);
    job->at = job->written_back = job->salvaged;
    return rc == 1 ? 0 : fetch_rest(job, &prefix, worker, err);
}

/* ---- other repositories ---- */

static int
bring_from_elsewhere(struct pool_job *base, unsigned worker, struct err *err)
{
    return fetch_rest((struct blob_job *)base, NULL, worker, err);
}

/* 1: another repository is tried; 0: the failure is recorded; -1. */
static int
retry_blob_elsewhere(struct blob_job *job, struct pool *pool, struct err *err)
{
    const struct plan *plan = &job->writing->result->plan;
    int rc = fetch_attempts_next(&job->attempts, plan->set.graph, plan->names,
                                 plan->failures, FAILURE_BLOB, err);

    if (rc == 1) {
        job->job.run = bring_from_elsewhere;
        pool_add(pool, &job->job);
    }
    return rc;
}

static int
retry_blobs_elsewhere(struct blob_job *jobs, size_t count, struct pool *pool,
                      struct err *err)
{
    bool goes_on;

    do {
        int rc = 0;

        goes_on = false;
        for (size_t i = 0; rc >= 0 && i < count; i++) {
            rc = jobs[i].attempts.failure ? retry_blob_elsewhere(&jobs[i], pool, err) : 0;
            goes_on |= rc == 1;
        }
        if (rc < 0 || (goes_on && pool_wait(pool, err) < 0))
            return -1;
    } while (goes_on);
    return 0;
}

/* ---- all blobs ---- */

static bool
is_on_shelf(const struct writing *w, size_t member)
{
    const struct bundle_member *blob = &w->result->layout.members[member];
    size_t size = 0;

    return document_cache_find(w->result->plan.cache, &blob->digest, &size) &&
           size == blob->size;
}

static int
write_from_shelf(const struct writing *w, size_t member, struct err *err)
{
    const struct layout *l = &w->result->layout;
    size_t size;
    const char *bytes =
        document_cache_find(w->result->plan.cache, &l->members[member].digest, &size);

    events_done(&w->options->plan.run->events, size);
    return bundle_write_blob(l, &w->file, member, 0, bytes, size, err);
}

/* Write the bodies with all workers at once. */
static int
write_anywhere(struct writing *w, struct blob_job *jobs, struct pool *pool,
               struct err *err)
{
    size_t count = w->result->layout.member_count;
    struct err later = ERR_INIT;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (!is_on_shelf(w, i))
            pool_add(pool, &jobs[i].job);
        else
            rc = write_from_shelf(w, i, err);
    }
    if (rc < 0)
        cancel_request(&w->options->plan.run->cancel);
    if (pool_wait(pool, rc < 0 ? &later : err) < 0 || rc < 0)
        return -1;
    return retry_blobs_elsewhere(jobs, count, pool, err);
}

/* Write them one after the other, each with its header, for file systems without
 * holes. */
static int
write_in_order(struct writing *w, struct blob_job *jobs, struct pool *pool,
               struct err *err)
{
    const struct layout *l = &w->result->layout;

    for (size_t i = 0; i < l->member_count; i++) {
        if (bundle_write_header(l, &w->file, i, err) < 0)
            return -1;
        if (is_on_shelf(w, i)) {
            if (write_from_shelf(w, i, err) < 0)
                return -1;
            continue;
        }
        pool_add(pool, &jobs[i].job);
        if (pool_wait(pool, err) < 0 || retry_blobs_elsewhere(&jobs[i], 1, pool, err) < 0)
            return -1;
    }
    return bundle_write_end(l, &w->file, err);
}

int
export_blobs(struct writing *w, struct err *err)
{
    const struct plan *plan = &w->result->plan;
    const struct plan_options *o = &w->options->plan;
    const uint32_t *order = graph_order(plan->set.graph);
    size_t count = w->result->layout.member_count;
    struct blob_job *jobs = xcalloc(count, sizeof(*jobs));
    CLEANUP(pool_release)
    struct pool *pool = pool_new(o->run->jobs, &o->run->cancel, err);
    int rc = -1;

    events_phase(&o->run->events, w->phase, plan->totals.bytes, EVENT_BYTES);
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct blob_job){
            .job.run = bring_blob,
            .writing = w,
            .member = i,
            .attempts = {.object = order[i], .name = plan->origins[order[i]]},
        };
    if (pool)
        rc = w->in_order ? write_in_order(w, jobs, pool, err)
                         : write_anywhere(w, jobs, pool, err);
    pool_release(&pool); /* joins the workers before the jobs are freed */
    for (size_t i = 0; i < count; i++)
        free(jobs[i].attempts.failure);
    free(jobs);
    return rc;
}
