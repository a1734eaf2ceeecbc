#include "config.h"
#include "ops/export.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "bundle/writer.h"
#include "io/file.h"
#include "io/hash.h"
#include "ops/resolve.h"
#include "trust/signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 256 << 10, /* bytes a write: the network hands out far less at a time */
    WRITE_BACK_STEP = 8 << 20, /* bytes after which the kernel is asked to write */
};

/* ---- what the bundle says of itself ---- */

static int
describe(struct export_result *r, const struct export_options *o, struct err *err)
{
    struct bundle_meta *meta = &r->meta;
    uint64_t mtime;

    if (clock_epoch(&meta->created, err) < 0 || clock_member_mtime(&mtime, err) < 0)
        return -1;
    memcpy(meta->stream, o->stream, strlen(o->stream) + 1);
    snprintf(meta->tool, sizeof(meta->tool), "%s", o->tool);
    meta->serial = o->has_serial ? o->serial : meta->created;
    meta->has_expires = o->has_expires;
    meta->expires = o->expires;
    if (layout_plan(&r->layout, meta, mtime, r->plan.entries, r->plan.entry_count,
                    r->plan.blobs, r->plan.object_count, err) < 0)
        return -1;
    return hash_bytes(DIGEST_SHA256, r->layout.index.data, r->layout.index.len, &r->index,
                      err);
}

/* ---- writing ---- */

struct writing {
    const struct export_options *options;
    const struct export_result *result;
    struct volumes file;
};

/* Bring one blob from its registry to its place. */
struct blob_job {
    struct pool_job job;
    const struct writing *writing;
    size_t member;
    char *piece; /* bytes of the blob from `at` on, not yet written */
    uint64_t at;
    size_t held;           /* bytes in the piece */
    uint64_t written_back; /* offset in the blob up to which write-back was begun */
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
    const struct events *events = job->writing->options->plan.events;
    const char *p = bytes;

    if (at != job->at + job->held) { /* fetched again from the start */
        events_undone(events, job->at + job->held - at);
        job->at = job->written_back = at;
        job->held = 0;
    }
    events_done(events, len);
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

static int
fetch_blob(struct pool_job *base, unsigned worker, struct err *err)
{
    struct blob_job *job = (struct blob_job *)base;
    const struct plan_options *o = &job->writing->options->plan;
    const struct plan *plan = &job->writing->result->plan;
    uint32_t id = graph_order(plan->graph)[job->member];
    const struct graph_object *object = graph_object(plan->graph, id);
    const struct reference *ref = &o->names->items[plan->objects[id].name];
    struct repository repo = resolve_repository(ref);
    struct blob_sink sink = {.write = take_part, .ctx = job};

    int rc;

    job->piece = xmalloc(object->size < PIECE ? (size_t)object->size : PIECE);
    rc = pull_blob(client_session(o->client, worker), &repo, &object->digest,
                   object->size, &sink, err);
    if (rc == 0)
        rc = write_piece(job, err);
    free(job->piece);
    if (rc == 0)
        return 0;
    if (err->kind == ERR_NOT_FOUND && object->is_foreign)
        err_hint(err, "it is a foreign layer: the registry only keeps a link to it");
    return resolve_wrap(err, ref);
}

static int
write_blobs(const struct writing *w, struct err *err)
{
    const struct plan *plan = &w->result->plan;
    const struct plan_options *o = &w->options->plan;
    struct blob_job *jobs = xcalloc(plan->object_count, sizeof(*jobs));
    CLEANUP(pool_release) struct pool *pool = pool_new(o->jobs, o->cancel, err);
    int rc = pool ? 0 : -1;

    events_phase(o->events, "fetching", plan->bytes, EVENT_BYTES);
    for (size_t i = 0; rc == 0 && i < plan->object_count; i++) {
        uint32_t id = graph_order(plan->graph)[i];
        size_t size = (size_t)plan->blobs[i].size;

        jobs[i] = (struct blob_job){.job.run = fetch_blob, .writing = w, .member = i};
        if (!plan->objects[id].bytes) {
            pool_add(pool, &jobs[i].job);
            continue;
        }
        rc = bundle_write_blob(&w->result->layout, &w->file, i, 0,
                               plan->objects[id].bytes, size, err);
        events_done(o->events, size);
    }
    if (rc < 0)
        cancel_request(o->cancel);
    if (pool) {
        struct err later = ERR_INIT;

        if (pool_wait(pool, rc < 0 ? &later : err) < 0)
            rc = -1;
    }
    pool_release(&pool); /* before the jobs go */
    free(jobs);
    return rc;
}

static int
sign(const struct export_result *r, const struct pki_key *key, struct signature_file *out,
     struct err *err)
{
    CLEANUP(buf_release) struct buf file = BUF_INIT(BUNDLE_SIGNATURE_MAX);

    if (signature_make(key, r->layout.index.data, r->layout.index.len, &file, out->name,
                       err) < 0)
        return err_wrap(err, "cannot sign");
    out->len = file.len;
    out->bytes = buf_steal(&file);
    return 0;
}

static int
write_bundle(const struct export_result *r, const struct export_options *o,
             struct err *err)
{
    CLEANUP(output_release) struct output out = OUTPUT_INIT;
    CLEANUP(signature_file_release) struct signature_file signature = {.bytes = NULL};
    struct writing w = {.options = o, .result = r};

    if (o->key && sign(r, o->key, &signature, err) < 0)
        return -1;
    if (output_open(&out, o->output, o->force, err) < 0 ||
        output_reserve(&out, r->layout.total, err) < 0)
        return -1;
    w.file = volumes_of_file(out.fd, r->layout.total);
    if (bundle_write_head(&r->layout, &w.file, &signature, o->key ? 1 : 0, err) < 0)
        return err_wrap(err, "'%s'", o->output);
    if (write_blobs(&w, err) < 0)
        return -1;
    events_phase(o->plan.events, "flushing to disk", 0, EVENT_BYTES);
    return output_publish(&out, err);
}

int
export_run(struct export_result *out, const struct export_options *o, struct err *err)
{
    /* Say now what would stop it at the end. */
    if (o->output && output_check(o->output, o->force, err) < 0) {
        if (err->kind == ERR_CONFLICT)
            err_hint(err, "choose another name, or replace it with --force");
        return -1;
    }
    if (plan_make(&out->plan, &o->plan, err) < 0 || describe(out, o, err) < 0)
        return -1;
    return o->dry_run ? 0 : write_bundle(out, o, err);
}

void
export_result_release(struct export_result *r)
{
    plan_release(&r->plan);
    layout_release(&r->layout);
}
