/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/policy_check.h"

#include "base/clock.h"

#include <string.h>

struct trust_claims
policy_check_claims(const struct bundle_meta *meta, const struct missing_list *missing)
{
    return (struct trust_claims){
        .stream = meta->stream,
        .serial = meta->serial,
        .created = meta->created,
        .expires = meta->expires,
        .has_expires = meta->has_expires,
        .missing = missing->count,
    };
}

/* An unsigned bundle is neither checked against the recorded state nor changes it. */
bool
policy_check_has_memory(const struct verified *v, const struct verify_options *o)
{
    return o->store->state && v->admission.basis == ADMISSION_SIGNED;
}

/* Read the recorded state of the stream.  The stream of an unsigned bundle is not
 * authentic, but the recorded time applies to it as well. */
static int
recall(struct verified *v, const struct verify_options *o, struct err *err)
{
    int rc;

    if (!o->store->state)
        return 0;
    if (o->holds_stream && policy_check_has_memory(v, o) &&
        state_lock(o->store->state, v->meta.stream, &v->lock, err) < 0)
        return -1;
    rc = state_read(o->store->state, v->meta.stream, &v->last, err);
    v->has_last = rc == 1;
    return rc < 0 ? -1 : 0;
}

/* The floor of the stream; void, as the rest of the state, when the policy raised its
 * epoch. */
static uint64_t
floor_so_far(const struct verified *v, const struct trust_store *store)
{
    const struct policy_stream *rule =
        store->has_policy ? policy_stream_for(&store->policy, v->meta.stream) : NULL;

    return v->has_last && v->last.epoch >= (rule ? rule->epoch : 0) ? v->last.floor : 0;
}

/* events: for warnings independent of the state; others go to those of the run. */
static int
judge(struct verified *v, const struct verify_options *o, const struct events *events,
      struct err *err)
{
    const struct trust_claims claims = policy_check_claims(&v->meta, &v->missing);

    v->verdict = (struct trust_verdict){.signer_count = 0};
    if (trust_judge_signers(&v->verdict, o->store, &v->signers, o->skip_signature,
                            &claims, &v->now, err) < 0 ||
        trust_judge_age(&v->verdict, o->store, &claims, &v->now, &o->wishes, events,
                        err) < 0)
        return -1;
    if (policy_check_has_memory(v, o) &&
        trust_judge_order(&v->verdict, &claims, &v->admission.index,
                          v->has_last ? &v->last : NULL, &o->wishes, &o->run->events,
                          err) < 0)
        return -1;
    return trust_judge_whole(&v->verdict, &claims, &o->wishes, events, err);
}

int
policy_check_judge(struct verified *v, const struct verify_options *o, struct err *err)
{
    if (bundle_read_meta(v->head, &v->admission, &v->meta, &v->missing, err) < 0 ||
        recall(v, o, err) < 0)
        return -1;
    v->now = trusted_time(clock_now(), floor_so_far(v, o->store), o->store->policy.clock,
                          &o->run->events);
    v->has_meta = true;
    return judge(v, o, &o->run->events, err);
}

int
policy_check_judge_last(struct verified *v, const struct verify_options *o,
                        const struct trust_last *last, struct err *err)
{
    static const struct events silent = {.emit =
                                             NULL}; /* all warnings were shown before */

    v->last = *last;
    v->last.floor = trust_floor(0, last->created, v->now.clock);
    v->has_last = true;
    if (v->last.floor > v->now.floor)
        v->now = trusted_time(v->now.clock, v->last.floor, o->store->policy.clock,
                              &o->run->events);
    return judge(v, o, &silent, err);
}

/* A bundle imported again gives no new evidence of the time. */
static uint64_t
floor_after(const struct verified *v, const struct trust_store *store)
{
    uint64_t before = floor_so_far(v, store);
    bool is_next = v->has_last && v->meta.serial > v->last.serial;
    uint64_t after = trust_floor(is_next ? before : 0, v->meta.created, v->now.clock);

    return after > before ? after : before;
}

int
policy_check_remember(const struct verified *v, const struct verify_options *o,
                      bool is_partial, struct err *err)
{
    const struct policy_stream *rule = v->verdict.rule;
    struct trust_last last = {
        .epoch = rule ? rule->epoch : 0,
        .serial = v->meta.serial,
        .index = v->admission.index,
        .created = v->meta.created,
        .floor = floor_after(v, o->store),
        .imported = v->now.clock,
        .missing = v->missing.count,
        .is_partial = is_partial,
    };
    bool goes_back = rule && rule->may_go_back;

    if (!policy_check_has_memory(v, o))
        return 0;
    memcpy(last.stream, v->meta.stream, sizeof(last.stream));
    /* A permitted rollback does not lower the recorded state for later bundles. */
    if (v->has_last && v->last.epoch >= last.epoch && !goes_back) {
        if (last.serial < v->last.serial) {
            last.serial = v->last.serial;
            last.index = v->last.index;
            last.missing = v->last.missing;
        }
        if (last.created < v->last.created)
            last.created = v->last.created;
        last.epoch = v->last.epoch;
    }
    return state_write(o->store->state, &last, err);
}
