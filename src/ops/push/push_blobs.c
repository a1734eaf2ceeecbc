/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_blobs.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/push/push_children.h"
#include "ops/push/push_failures.h"
#include "registry/presence.h"
#include "registry/pull_blob.h"
#include "registry/upload/push_blob.h"

#include <stdlib.h>

/*
 * Presence of smaller blobs that are probably missing is not checked first: the request
 * that opens an upload checks it as well.
 */
static const uint64_t ASK_FIRST_ABOVE = 1 << 20;

/* One blob in all its repositories. */
struct blob_step {
    struct pool_job job;
    struct push_context *push;
    struct placement *placements;
    size_t count;
    uint64_t sent; /* how many of its bytes progress counts as done */
};

enum blob_standing {
    BLOB_UNASKED,
    BLOB_THERE,
    BLOB_LACKING,
    BLOB_BROKEN,
    BLOB_IS_CHILD, /* there as a manifest, which is all that is wanted */
};

/* ---- bytes of a blob ---- */

/* An object of the source, while it is read. */
struct blob_bytes {
    struct push_context *push;
    struct byte_source inner;
    uint64_t *sent; /* NULL: reading does not count as progress */
};

/* Progress of sent bytes, from `at` on; bytes sent twice count once. */
static void
count_sent(const struct blob_bytes *b, uint64_t at, uint64_t len)
{
    const struct events *events = &b->push->options->run->events;

    if (at < *b->sent)
        events_undone(events, *b->sent - at);
    events_done(events, at > *b->sent ? at - *b->sent + len : len);
    *b->sent = at + len;
}

static ssize_t
read_blob_bytes(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct blob_bytes *b = ctx;
    ssize_t n = b->inner.read_at(b->inner.ctx, out, len, offset, err);

    if (n < 0)
        b->push->is_unread = true;
    else if (b->sent)
        count_sent(b, offset, (uint64_t)n);
    return n;
}

static struct byte_source
open_blob(struct blob_bytes *b, struct push_context *push, unsigned worker,
          uint32_t object, uint64_t *sent)
{
    const struct image_object what = push_context_object(push, object);

    b->push = push;
    b->sent = sent;
    push->source->open_blob(push->source->ctx, worker, &what, &b->inner);
    return (struct byte_source){
        .read_at = read_blob_bytes, .ctx = b, .size = b->inner.size};
}

static void
close_blob(struct blob_bytes *b)
{
    b->push->source->close_blob(&b->inner);
}

/* ---- presence ---- */

static bool
is_to_ask(const struct push_context *push, const struct placement *p)
{
    return push->options->dry_run || push->repos[p->repo].is_known ||
           graph_object(push->set->graph, p->object)->size > ASK_FIRST_ABOVE;
}

static int
ask_one(struct push_context *push, unsigned worker, const struct placement *p,
        enum blob_standing *standing, struct err *err)
{
    static const enum blob_standing standings[] = {[PRESENCE_ABSENT] = BLOB_LACKING,
                                                   [PRESENCE_THERE] = BLOB_THERE,
                                                   [PRESENCE_BROKEN] = BLOB_BROKEN};
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    struct blob_bytes bytes;
    const struct byte_source source = open_blob(&bytes, push, worker, p->object, NULL);
    struct repository repo = push_context_repository(push, p->repo);
    const struct presence_query query = {&repo, &o->digest, o->size,
                                         push->source->is_remote ? NULL : &source};
    enum presence found;
    int rc = presence_check(push_context_session(push, worker), &query, &found, err);

    close_blob(&bytes);
    if (rc < 0)
        return -1;
    *standing = standings[found];
    if (found == PRESENCE_THERE)
        push_context_found(push, p->repo);
    return 0;
}

/* Handle the result for one placement. */
static int
settle_placement(struct push_context *push, unsigned worker, struct placement *p, int rc,
                 struct err *err)
{
    struct repository repo = push_context_repository(push, p->repo);

    return push_settle(push, worker, p->repo, &p->cause, rc, err) < 0
               ? push_context_wrap(err, &repo)
               : 0;
}

/*
 * A child of an index may have to be a manifest.  A child that is present as a blob is
 * left alone, so that a second import writes nothing.
 */
static int
bring_child(struct push_context *push, unsigned worker, struct placement *p,
            enum blob_standing *standing, struct err *err)
{
    enum child_end end;

    if (push->repos[p->repo].is_known && ask_one(push, worker, p, standing, err) < 0)
        return -1;
    if (*standing == BLOB_THERE)
        return 0;
    if (push_child(push, worker, p, &end, err) < 0)
        return -1;
    if (end == CHILD_THERE)
        *standing = BLOB_IS_CHILD;
    return 0;
}

/* Sets standing[i] for each placement. */
static int
probe_blob(const struct blob_step *step, unsigned worker, enum blob_standing *standing,
           struct err *err)
{
    struct push_context *push = step->push;
    const struct graph_object *o =
        graph_object(push->set->graph, step->placements->object);

    for (size_t i = 0; i < step->count; i++) {
        struct placement *p = &step->placements[i];

        if (push_is_closed(push, p->repo, &p->cause))
            continue;
        if (o->has_parent_child_edge &&
            settle_placement(push, worker, p,
                             bring_child(push, worker, p, &standing[i], err), err) < 0)
            return -1;
        if (standing[i] != BLOB_UNASKED || p->cause != 0 || !is_to_ask(push, p))
            continue;
        if (settle_placement(push, worker, p, ask_one(push, worker, p, &standing[i], err),
                             err) < 0)
            return -1;
    }
    return 0;
}

static void
add_counts(struct push_context *push, const struct push_counts *more)
{
    pthread_mutex_lock(&push->lock);
    push_counts_add(&push->result->counts, more);
    pthread_mutex_unlock(&push->lock);
}

/* ---- sending ---- */

/* The source sent other bytes than it had promised. */
static void
name_origin(struct push_context *push, uint32_t object, struct err *err)
{
    const struct image_object what = push_context_object(push, object);
    const struct image_source *source = push->source;
    struct image_origin from;

    if (!source->origin || err->reason != REASON_CHANGED)
        return;
    from = source->origin(source->ctx, &what);
    push->is_unread = true;
    err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                "from %s%s%s: its bytes do not match the digest",
                from.archive ? from.archive : from.in->host, from.archive ? "" : "/",
                from.archive ? "" : from.in->path);
}

static int
send_blob(struct push_context *push, unsigned worker, uint32_t object,
          const struct repository *repo, const char *mount_from, bool is_broken,
          uint64_t *sent, enum push_outcome *outcome, struct err *err)
{
    const struct graph_object *o = graph_object(push->set->graph, object);
    struct blob_bytes bytes;
    const struct byte_source source = open_blob(&bytes, push, worker, object, sent);
    int rc = push_blob(push_context_session(push, worker), repo, &o->digest, &source,
                       mount_from, is_broken, outcome, err);

    close_blob(&bytes);
    if (rc < 0)
        name_origin(push, object, err);
    return rc;
}

static int
bring_one(struct blob_step *step, unsigned worker, const struct placement *p,
          const char *mount_from, bool is_broken, struct push_counts *counts,
          struct err *err)
{
    struct push_context *push = step->push;
    struct repository repo = push_context_repository(push, p->repo);
    uint64_t *sent = counts->blobs_uploaded == 0 ? &step->sent : NULL;
    enum push_outcome outcome;

    if (send_blob(push, worker, p->object, &repo, mount_from, is_broken, sent, &outcome,
                  err) < 0)
        return -1;
    if (outcome == PUSH_UPLOADED) {
        counts->blobs_uploaded++;
        counts->bytes_uploaded += graph_object(push->set->graph, p->object)->size;
    } else if (mount_from == repo.path) {
        counts->blobs_present++;
        push_context_found(push, p->repo);
    } else {
        counts->blobs_mounted++;
    }
    return 0;
}

static const char *
known_elsewhere(const struct push_context *push, uint32_t object)
{
    const struct push_options *o = push->options;

    return o->mount_source
               ? o->mount_source(o->mount_ctx,
                                 &graph_object(push->set->graph, object)->digest)
               : NULL;
}

/*
 * In repositories that have it, nothing is done; to the first that lacks it, it is
 * uploaded unless another has it; the others mount it from there.
 */
static int
bring(struct blob_step *step, unsigned worker, const enum blob_standing *standing,
      struct push_counts *counts, struct err *err)
{
    struct push_context *push = step->push;
    char *const *repos = push->result->plan.repos;
    const char *sibling = known_elsewhere(push, step->placements->object);

    for (size_t i = 0; i < step->count; i++) {
        if (standing[i] == BLOB_THERE)
            sibling = repos[step->placements[i].repo];
    }
    for (size_t i = 0; i < step->count; i++) {
        struct placement *p = &step->placements[i];
        const char *own = repos[p->repo];
        const char *from = sibling;
        int rc;

        if (standing[i] == BLOB_IS_CHILD)
            continue;
        if (standing[i] == BLOB_THERE) {
            counts->blobs_present++;
            continue;
        }
        if (push_is_closed(push, p->repo, &p->cause))
            continue;
        if (!from && standing[i] == BLOB_UNASKED)
            from = own;
        rc = bring_one(step, worker, p, from, standing[i] == BLOB_BROKEN, counts, err);
        if (settle_placement(push, worker, p, rc, err) < 0)
            return -1;
        if (p->cause == 0)
            sibling = own;
    }
    return 0;
}

/* Count what bring() would do; a dry run has checked all placements. */
static void
count_dry(const struct blob_step *step, const enum blob_standing *standing, uint64_t size,
          struct push_counts *counts)
{
    for (size_t i = 0; i < step->count; i++) {
        counts->blobs_present += standing[i] == BLOB_THERE;
        counts->blobs_mounted +=
            standing[i] != BLOB_THERE && standing[i] != BLOB_IS_CHILD;
    }
    if (counts->blobs_present == 0 && counts->blobs_mounted > 0) {
        counts->blobs_mounted--;
        counts->blobs_uploaded = 1;
        counts->bytes_uploaded = size;
    }
}

static int
push_blob_job(struct pool_job *base, unsigned worker, struct err *err)
{
    struct blob_step *step = (struct blob_step *)base;
    struct push_context *push = step->push;
    const struct graph_object *o =
        graph_object(push->set->graph, step->placements->object);
    enum blob_standing *standing = xcalloc(step->count, sizeof(*standing));
    struct push_counts counts = {.blobs_present = 0};
    int rc = probe_blob(step, worker, standing, err);

    if (rc == 0 && push->options->dry_run)
        count_dry(step, standing, o->size, &counts);
    else if (rc == 0)
        rc = bring(step, worker, standing, &counts, err);
    free(standing);
    add_counts(push, &counts);
    events_done(&push->options->run->events, o->size - step->sent);
    return rc;
}

/* The placements of one object, which are adjacent. */
static size_t
count_places(const struct placement *p, size_t left, bool *is_first)
{
    size_t n = 0;

    *is_first = false;
    for (; n < left && p[n].object == p->object; n++)
        *is_first |= p[n].is_first;
    return n;
}

int
push_all_blobs(struct push_context *push, struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    struct blob_step *steps = xcalloc(plan->blob_count, sizeof(*steps));
    uint64_t bytes = 0;
    size_t n = 0, places;
    int rc;

    for (size_t i = 0; i < plan->blob_count; i += places) {
        struct placement *p = &plan->blobs[i];
        bool is_first;

        places = count_places(p, plan->blob_count - i, &is_first);
        if (is_first != push->is_trying)
            continue;
        steps[n++] = (struct blob_step){
            .job.run = push_blob_job, .push = push, .placements = p, .count = places};
        bytes += graph_object(push->set->graph, p->object)->size;
    }
    events_phase(&push->options->run->events,
                 push->options->dry_run ? "checking blobs" : "pushing blobs", bytes,
                 EVENT_BYTES);
    for (size_t i = 0; i < n; i++)
        pool_add(push->pool, &steps[i].job);
    rc = pool_wait(push->pool, err);
    free(steps);
    return rc;
}

/* ---- sending again ---- */

int
push_blobs_again(struct push_context *push, unsigned worker, uint32_t document,
                 uint32_t repo_index, bool no_matter_what, struct err *err)
{
    const struct graph *g = push->set->graph;
    const struct graph_object *o = graph_object(g, document);
    struct repository repo = push_context_repository(push, repo_index);

    for (uint32_t i = 0; i < o->edge_count; i++) {
        uint32_t object = o->edges[i].to;
        const struct placement place = {.object = object, .repo = repo_index};
        enum blob_standing standing = BLOB_UNASKED;
        enum push_outcome outcome;

        if (graph_object(g, object)->state != GRAPH_BLOB)
            continue;
        if (!no_matter_what && ask_one(push, worker, &place, &standing, err) < 0)
            return -1;
        if (standing != BLOB_THERE &&
            send_blob(push, worker, object, &repo, NULL, standing == BLOB_BROKEN, NULL,
                      &outcome, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- reading back ---- */

/* pull_blob() compares the digest; nothing is kept. */
static int
drop_bytes(void *ctx, uint64_t at, const void *bytes, size_t len, struct err *err)
{
    struct push_context *push = ctx;

    (void)at, (void)bytes, (void)err;
    events_done(&push->options->run->events, len);
    return 0;
}

static int
read_back_blob(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct blob_step *step = (const struct blob_step *)base;
    struct push_context *push = step->push;
    const struct byte_sink sink = {.write_at = drop_bytes, .ctx = push};
    struct placement *p = step->placements;
    struct repository repo = push_context_repository(push, p->repo);
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    int rc;

    if (p->cause != 0 || push_is_closed(push, p->repo, &p->cause))
        return 0;
    rc = p->is_manifest ? push_read_back_child(push, worker, p, err)
                        : pull_blob(push_context_session(push, worker), &repo, &o->digest,
                                    o->size, NULL, &sink, err);
    if (rc == 0)
        push_context_count(push, &push->result->counts.blobs_read_back, 1);
    else
        err_wrap(err, "reading back");
    return settle_placement(push, worker, p, rc, err);
}

int
push_read_back_blobs(struct push_context *push, struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    struct blob_step *steps = xcalloc(plan->blob_count, sizeof(*steps));
    uint64_t bytes = 0;
    int rc;

    for (size_t i = 0; i < plan->blob_count; i++)
        bytes += graph_object(push->set->graph, plan->blobs[i].object)->size;
    events_phase(&push->options->run->events, "reading blobs back", bytes, EVENT_BYTES);
    for (size_t i = 0; i < plan->blob_count; i++) {
        steps[i] = (struct blob_step){.job.run = read_back_blob,
                                      .push = push,
                                      .placements = &plan->blobs[i],
                                      .count = 1};
        pool_add(push->pool, &steps[i].job);
    }
    rc = pool_wait(push->pool, err);
    free(steps);
    return rc;
}
