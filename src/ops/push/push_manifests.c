/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_manifests.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/push/push_blobs.h"
#include "ops/push/push_failures.h"
#include "registry/presence.h"
#include "registry/push.h"

#include <stdlib.h>

/* One operation on a document in a repository. */
struct document_step {
    struct pool_job job;
    struct push_context *push;
    struct placement *placement;
    int (*run)(const struct document_step *step, unsigned worker, struct err *err);
};

/* Incomplete documents are not pushed. */
static int
push_manifest_job(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct document_step *step = (const struct document_step *)base;
    struct push_context *push = step->push;
    struct placement *p = step->placement;
    struct repository repo = push_context_repository(push, p->repo);

    if (p->cause == 0)
        p->cause = push_incomplete_cause(push, p);
    if (push_is_closed(push, p->repo, &p->cause))
        return 0;
    if (push_settle(push, worker, p->repo, &p->cause, step->run(step, worker, err), err) <
        0)
        return push_context_wrap(err, &repo);
    return 0;
}

/*
 * Run one step for each placement.  When pushing, children are done before parents begin,
 * and the first image before the rest.
 */
static int
for_documents(struct push_context *push, bool lands,
              int (*run)(const struct document_step *step, unsigned worker,
                         struct err *err),
              struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    struct document_step *steps = xcalloc(plan->document_count, sizeof(*steps));
    uint32_t height = 0;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < plan->document_count; i++) {
        struct placement *p = &plan->documents[i];

        if (lands && p->is_first != push->is_trying)
            continue;
        if (lands && p->height != height)
            rc = pool_wait(push->pool, err);
        height = p->height;
        steps[i] = (struct document_step){
            .job.run = push_manifest_job, .push = push, .placement = p, .run = run};
        if (rc == 0)
            pool_add(push->pool, &steps[i].job);
    }
    if (rc == 0)
        rc = pool_wait(push->pool, err);
    free(steps);
    return rc;
}

static int
probe_manifest(const struct document_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    struct placement *p = step->placement;
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    struct repository repo = push_context_repository(push, p->repo);
    int rc;

    if (p->is_asked || !push->repos[p->repo].is_used)
        return 0;
    rc = pull_look_for(push_context_session(push, worker), &repo, &o->digest, NULL, err);
    if (rc < 0)
        return -1;
    p->is_asked = true;
    p->is_there = rc == 1;
    return 0;
}

/* The name that a document has at the target, if it has one itself. */
static const struct push_plan_name *
name_of(const struct push_context *push, const struct placement *p)
{
    const struct push_plan *plan = &push->result->plan;

    for (size_t i = 0; i < plan->name_count; i++) {
        if (push->set->entries[i].object == p->object && plan->names[i].repo == p->repo)
            return &plan->names[i];
    }
    return NULL;
}

/* A registry may require all children of an index. */
static void
explain_refusal(const struct push_context *push, const struct placement *p,
                struct err *err)
{
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    bool is_sparse = false, is_foreign = false, is_incomplete = false;

    for (uint32_t i = 0; i < o->edge_count; i++) {
        const struct graph_object *child = graph_object(push->set->graph, o->edges[i].to);

        is_incomplete |= push->set->is_missing[o->edges[i].to];
        is_sparse |= child->state == GRAPH_OMITTED;
        is_foreign |= child->is_foreign;
    }
    if ((err->kind != ERR_PROTOCOL && err->kind != ERR_NOT_FOUND) || err->reason)
        return;
    if (err->hint[0] == '\0' && is_foreign) {
        err_hint(err, "it has foreign layers, which some registries accept only when "
                      "configured to (docker-registry: validation.manifests.urls.allow)");
    } else if (err->hint[0] == '\0' && (is_incomplete || is_sparse)) {
        err->kind = ERR_PROTOCOL; /* not found is its child, which we do not have */
        err->reason = is_incomplete ? REASON_INCOMPLETE_INDEX : REASON_SPARSE_INDEX;
    } else {
        push_context_refused(push, name_of(push, p), err);
    }
}

/*
 * A registry may have lost a blob, or not have stored it yet: the second try sends what
 * it reports missing, the third everything.
 */
static int
send_manifest(const struct document_step *step, unsigned worker, const struct buf *bytes,
              struct err *err)
{
    enum { TRIES = 3, MOMENT_MS = 1000 };
    struct push_context *push = step->push;
    struct placement *p = step->placement;
    const struct graph_object *o = graph_object(push->set->graph, p->object);
    struct repository repo = push_context_repository(push, p->repo);
    struct err why = ERR_INIT;
    char name[DIGEST_TEXT_MAX];
    int rc = 1;

    digest_text(&o->digest, name);
    for (int tries = 0; rc == 1 && tries < TRIES; tries++) {
        if (tries > 0 &&
            (cancel_sleep(&push->options->run->cancel, MOMENT_MS, err) < 0 ||
             push_blobs_again(push, worker, p->object, p->repo, tries > 1, err) < 0))
            return -1;
        why = (struct err)ERR_INIT;
        rc = push_manifest(push_context_session(push, worker), &repo, name, &o->digest,
                           o->media_type, bytes->data, bytes->len, &p->is_listed, &why);
    }
    if (rc == 0)
        return 0;
    *err = why;
    explain_refusal(push, p, err);
    return -1;
}

static int
land_manifest(const struct document_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    struct push_counts *counts = &push->result->counts;
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    events_done(&push->options->run->events, 1);
    if (probe_manifest(step, worker, err) < 0)
        return -1;
    if (step->placement->is_there) {
        push_context_count(push, &counts->documents_present, 1);
        return 0;
    }
    if (!push->options->dry_run &&
        (push_context_read(push, step->placement->object, &bytes, err) < 0 ||
         send_manifest(step, worker, &bytes, err) < 0))
        return -1;
    push_context_count(push, &counts->documents_pushed, 1);
    return push->options->dry_run || push->moves_tags ? 0
                                                      : push_context_accepted(push, err);
}

static int
read_back(const struct document_step *step, unsigned worker, struct err *err)
{
    struct push_context *push = step->push;
    const struct graph_object *o =
        graph_object(push->set->graph, step->placement->object);
    struct repository repo = push_context_repository(push, step->placement->repo);
    CLEANUP(pulled_release) struct pulled back = PULLED_INIT;

    if (pull_by_digest(push_context_session(push, worker), &repo, &o->digest, o->size,
                       &back, err) < 0)
        return err->kind == ERR_NOT_FOUND ? presence_error("manifest", &o->digest, err)
                                          : -1;
    return push_context_compare(push, step->placement->object, &back, err);
}

int
push_probe_manifests(struct push_context *push, struct err *err)
{
    const struct push_plan *plan = &push->result->plan;

    if (for_documents(push, false, probe_manifest, err) < 0)
        return -1;
    for (size_t i = 0; i < plan->document_count; i++)
        push->repos[plan->documents[i].repo].is_known |= plan->documents[i].is_there;
    return 0;
}

int
push_manifests(struct push_context *push, struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    size_t count = 0;

    for (size_t i = 0; i < plan->document_count; i++)
        count += plan->documents[i].is_first == push->is_trying;
    events_phase(&push->options->run->events, "manifests", count, EVENT_ITEMS);
    return for_documents(push, true, land_manifest, err);
}

int
push_read_back_manifests(struct push_context *push, struct err *err)
{
    if (for_documents(push, false, read_back, err) < 0)
        return -1;
    push_spread_causes(push);
    return 0;
}
