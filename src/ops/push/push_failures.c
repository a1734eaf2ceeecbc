/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_failures.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "registry/ping.h"

#include <stdlib.h>
#include <string.h>

/* Consecutive operations given up, after all retries, before the repository is
 * abandoned. */
enum { GIVEN_UP_MAX = 3 };

/* ---- failures to continue after ---- */

/*
 * A refused password is not tried again, which would lock accounts; and
 * --on-existing=error stops before anything was sent.
 */
static bool
is_of_the_target(struct push_context *push, const struct err *err)
{
    if (err->kind == ERR_AUTH)
        return err->reason != REASON_LOGIN;
    if (err->kind == ERR_CONFLICT)
        return push->has_begun;
    if (err->kind == ERR_INTEGRITY)
        return !push->is_unread && err->reason != REASON_CHANGED;
    return err->kind == ERR_NETWORK || err->kind == ERR_PROTOCOL ||
           err->kind == ERR_NOT_FOUND || err->kind == ERR_LIMIT;
}

/* Whether the registry is unreachable, rather than unable to handle one object. */
static bool
is_gone(struct push_context *push, unsigned worker, uint32_t repo, struct err *err)
{
    struct repository r = push_context_repository(push, repo);

    if (err->kind != ERR_NETWORK || registry_ping(push_context_session(push, worker), &r))
        return false;
    err_hint(err, "the registry does not answer other requests either, so the rest was "
                  "not sent; run the same command again to resume");
    return true;
}

/* Caller holds im->lock.  Returns the failure's number. */
static uint32_t
add_push_failure(struct push_result *r, const struct err *err)
{
    r->failures =
        mem_grow(r->failures, r->failure_count, &r->failure_cap, sizeof(*r->failures));
    r->failures[r->failure_count++] = push_failure_from(err);
    return (uint32_t)r->failure_count;
}

/* Caller holds im->lock.  Decide after a failure whether to keep using the repository. */
static void
judge_repository(struct push_context *push, uint32_t repo, const struct err *err)
{
    struct repository_state *there = &push->repos[repo];
    struct err why = *err;

    if (err->kind != ERR_NETWORK || ++there->in_a_row != GIVEN_UP_MAX)
        return;
    err_wrap(&why, "not used any more after");
    there->cause = add_push_failure(push->result, &why);
}

uint32_t
push_note_failure(struct push_context *push, const struct err *err)
{
    uint32_t number = 0;

    pthread_mutex_lock(&push->lock);
    if (push->result->failure_count < PUSH_FAILURES_MAX)
        number = add_push_failure(push->result, err);
    pthread_mutex_unlock(&push->lock);
    return number;
}

static int
write_down(struct push_context *push, uint32_t repo, uint32_t *cause, struct err *err)
{
    struct err last = *err;
    bool is_full;

    events_debug(&push->options->run->events, "skipping: %s", err->msg);
    pthread_mutex_lock(&push->lock);
    is_full = push->result->failure_count >= PUSH_FAILURES_MAX;
    if (!is_full) {
        *cause = add_push_failure(push->result, err);
        judge_repository(push, repo, err);
    }
    pthread_mutex_unlock(&push->lock);
    return is_full ? err_set(err, ERR_LIMIT, "more than %d failures, the last: %s",
                             PUSH_FAILURES_MAX, last.msg)
                   : 0;
}

int
push_settle(struct push_context *push, unsigned worker, uint32_t repo, uint32_t *cause,
            int rc, struct err *err)
{
    if (rc == 0) {
        pthread_mutex_lock(&push->lock);
        push->repos[repo].in_a_row = 0;
        pthread_mutex_unlock(&push->lock);
        return 0;
    }
    if (!push->options->keep_going || !is_of_the_target(push, err) ||
        is_gone(push, worker, repo, err))
        return -1;
    return write_down(push, repo, cause, err);
}

bool
push_is_closed(struct push_context *push, uint32_t repo, uint32_t *cause)
{
    pthread_mutex_lock(&push->lock);
    if (*cause == 0)
        *cause = push->repos[repo].cause;
    pthread_mutex_unlock(&push->lock);
    return *cause != 0;
}

/* ---- consequences ---- */

uint32_t
push_incomplete_cause(const struct push_context *push, const struct placement *p)
{
    const struct push_plan *plan = &push->result->plan;
    const struct graph *g = push->set->graph;
    const struct graph_object *o = graph_object(g, p->object);
    uint32_t subject = o->subject ? graph_find(g, o->subject) : GRAPH_NONE;
    const struct placement *needed = p;

    for (uint32_t i = 0; (!needed || needed->cause == 0) && i < o->edge_count; i++) {
        const struct graph_edge *edge = &o->edges[i];
        enum graph_state state = graph_object(g, edge->to)->state;

        needed = push_plan_find(plan, edge->to, p->repo,
                                edge->kind == EDGE_CHILD && state == GRAPH_DOCUMENT);
    }
    if ((!needed || needed->cause == 0) && subject != GRAPH_NONE)
        needed = push_plan_find(plan, subject, p->repo, true);
    return needed ? needed->cause : 0;
}

void
push_spread_causes(struct push_context *push)
{
    struct push_plan *plan = &push->result->plan;

    /* Children and subjects come before the documents that need them. */
    for (size_t i = 0; push->result->failure_count > 0 && i < plan->document_count; i++)
        plan->documents[i].cause = push_incomplete_cause(push, &plan->documents[i]);
}
