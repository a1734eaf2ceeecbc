/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_referrers.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/push/push_failures.h"
#include "registry/referrers.h"

#include <stdlib.h>

/* The documents of one repository with the same subject. */
struct subject_step {
    struct pool_job job;
    struct push_context *push;
    struct placement *const *placements;
    size_t count;
};

static const struct graph_object *
object_of(const struct push_context *push, const struct placement *p)
{
    return graph_object(push->set->graph, p->object);
}

/* ---- entries of the lists ---- */

static int
by_subject(const void *left, const void *right, void *ctx)
{
    const struct placement *a = *(const struct placement *const *)left;
    const struct placement *b = *(const struct placement *const *)right;
    const struct push_context *push = ctx;
    const struct graph_object *x = object_of(push, a), *y = object_of(push, b);
    int order;

    if (a->repo != b->repo)
        return a->repo < b->repo ? -1 : 1;
    order = digest_compare(x->subject, y->subject);
    return order != 0 ? order : digest_compare(&x->digest, &y->digest);
}

static bool
same_list(const struct push_context *push, const struct placement *a,
          const struct placement *b)
{
    return a->repo == b->repo &&
           digest_equal(object_of(push, a)->subject, object_of(push, b)->subject);
}

/* Sorted by subject; the caller frees. */
static struct placement **
find_referrers(struct push_context *push, size_t *count)
{
    const struct push_plan *plan = &push->result->plan;
    struct placement **found = xcalloc(plan->document_count, sizeof(*found));

    *count = 0;
    for (size_t i = 0; i < plan->document_count; i++) {
        if (object_of(push, &plan->documents[i])->subject &&
            plan->documents[i].cause == 0)
            found[(*count)++] = &plan->documents[i];
    }
    qsort_r(found, *count, sizeof(*found), by_subject, push);
    return found;
}

/* ---- updating the lists ---- */

static void
count_list(struct push_context *push, enum merge_outcome outcome)
{
    struct push_counts *counts = &push->result->counts;
    size_t *const counters[] = {[MERGE_PRESENT] = &counts->lists_present,
                                [MERGE_DONE] = &counts->lists_updated,
                                [MERGE_REFUSED] = &counts->lists_refused};

    push_context_count(push, counters[outcome], 1);
}

/* The registry keeps the list itself: check that it is complete. */
static void
check_list(const struct subject_step *step, const struct referrers *list,
           const struct repository *repo)
{
    const struct push_context *push = step->push;

    for (size_t i = 0; i < step->count; i++) {
        const struct graph_object *o = object_of(push, step->placements[i]);
        char text[DIGEST_TEXT_MAX];

        digest_text(&o->digest, text);
        if (!push->options->dry_run && !referrers_have(list, &o->digest))
            events_warning(&push->options->run->events,
                           "%s/%s: the registry does not list %s as a referrer",
                           repo->host, repo->path, text);
    }
}

/* Without the API, update the list ourselves. */
static int
merge_referrer_list(const struct subject_step *step, struct session *s,
                    const struct repository *repo, struct err *err)
{
    struct push_context *push = step->push;
    const struct digest *subject = object_of(push, step->placements[0])->subject;
    struct attachment *items = xcalloc(step->count, sizeof(*items));
    struct buf *bodies = xcalloc(step->count, sizeof(*bodies));
    enum merge_outcome outcome;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < step->count; i++) {
        const struct graph_object *o = object_of(push, step->placements[i]);

        bodies[i] = (struct buf)BUF_INIT(DOCUMENT_BYTES_MAX);
        rc = push_context_read(push, step->placements[i]->object, &bodies[i], err);
        items[i] = (struct attachment){.bytes = bodies[i].data,
                                       .len = bodies[i].len,
                                       .media_type = o->media_type,
                                       .digest = o->digest};
    }
    if (rc == 0)
        rc = referrers_merge(s, repo, subject, items, step->count, push->options->dry_run,
                             &outcome, err);
    if (rc == 0)
        count_list(push, outcome);
    for (size_t i = 0; i < step->count; i++)
        buf_release(&bodies[i]);
    free(bodies);
    free(items);
    return rc;
}

enum keeper { KEEPER_UNKNOWN, KEEPER_REGISTRY, KEEPER_CLIENT };

/* The registry's answers when these were pushed, if some of them were. */
static enum keeper
told_keeper(const struct subject_step *step)
{
    enum keeper keeper = KEEPER_UNKNOWN;

    for (size_t i = 0; i < step->count; i++) {
        if (step->placements[i]->is_listed)
            return KEEPER_REGISTRY;
        if (!step->placements[i]->is_there && !step->push->options->dry_run)
            keeper = KEEPER_CLIENT;
    }
    return keeper;
}

static bool
lists_all(const struct subject_step *step, const struct referrers *list)
{
    for (size_t i = 0; i < step->count; i++) {
        if (!referrers_have(list, &object_of(step->push, step->placements[i])->digest))
            return false;
    }
    return true;
}

/*
 * All of these were pushed by other clients before, or will be.  1: nothing to do; 0: the
 * list must be updated, also where the registry does not report what it lists; -1.
 */
static int
is_list_kept(const struct subject_step *step, struct session *s,
             const struct repository *repo, struct err *err)
{
    struct push_context *push = step->push;
    const struct digest *subject = object_of(push, step->placements[0])->subject;
    CLEANUP(referrers_release) struct referrers tagged = REFERRERS_INIT;
    CLEANUP(referrers_release) struct referrers list = REFERRERS_INIT;
    struct err why = ERR_INIT;

    if (referrers_under_tag(s, repo, subject, &tagged, err_ignored()) == 0 &&
        lists_all(step, &tagged)) {
        count_list(push, MERGE_PRESENT);
        return 1;
    }
    if (referrers_ask(s, repo, subject, &list, &why) == 1) {
        check_list(step, &list, repo);
        return 1;
    }
    if (why.kind != ERR_SIGNAL)
        return 0;
    *err = why;
    return -1;
}

static int
update_list(const struct subject_step *step, const struct repository *repo,
            unsigned worker, struct err *err)
{
    struct session *s = push_context_session(step->push, worker);
    enum keeper keeper = told_keeper(step);
    int rc = keeper == KEEPER_REGISTRY  ? 1
             : keeper == KEEPER_UNKNOWN ? is_list_kept(step, s, repo, err)
                                        : 0;

    return rc == 0 ? merge_referrer_list(step, s, repo, err) : rc < 0 ? -1 : 0;
}

/* Referrers that are not listed cannot be found. */
static int
update_list_job(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct subject_step *step = (const struct subject_step *)base;
    struct push_context *push = step->push;
    uint32_t r = step->placements[0]->repo, cause = 0;
    struct repository repo = push_context_repository(push, r);

    if (!push_is_closed(push, r, &cause) &&
        push_settle(push, worker, r, &cause, update_list(step, &repo, worker, err), err) <
            0)
        return push_context_wrap(err, &repo);
    for (size_t i = 0; i < step->count; i++)
        step->placements[i]->cause = cause;
    return 0;
}

int
push_referrer_lists(struct push_context *push, struct err *err)
{
    size_t count, n = 0;
    struct placement **found = find_referrers(push, &count);
    struct subject_step *steps = xcalloc(count, sizeof(*steps));
    int rc;

    for (size_t i = 0; i < count; i++) {
        if (n == 0 || !same_list(push, steps[n - 1].placements[0], found[i]))
            steps[n++] = (struct subject_step){
                .job.run = update_list_job, .push = push, .placements = &found[i]};
        steps[n - 1].count++;
    }
    for (size_t i = 0; i < n; i++)
        pool_add(push->pool, &steps[i].job);
    rc = pool_wait(push->pool, err);
    free(steps);
    free(found);
    return rc;
}
