/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_digest_tags.h"

#include "base/mem.h"
#include "oci/graph_walk.h"
#include "ops/push/push_failures.h"
#include "ops/push/push_tags.h"
#include "registry/push.h"

#include <stdlib.h>

/* One document in one repository. */
struct digest_tag_step {
    struct pool_job job;
    struct push_context *push;
    struct placement *placement;
    char tag[REFERENCE_TAG_MAX + 1];
};

static int
send_digest_tag(const struct digest_tag_step *step, unsigned worker,
                const struct repository *repo, struct err *err)
{
    struct push_context *push = step->push;
    const struct graph_object *o =
        graph_object(push->set->graph, step->placement->object);
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(DOCUMENT_BYTES_MAX);

    if (push_context_read(push, step->placement->object, &bytes, err) < 0)
        return -1;
    return push_manifest(push_context_session(push, worker), repo, step->tag, &o->digest,
                         o->media_type, bytes.data, bytes.len, NULL, err) == 0
               ? push_context_accepted(push, err)
               : -1;
}

static int
set_digest_tag(const struct digest_tag_step *step, unsigned worker,
               const struct repository *repo, struct err *err)
{
    struct push_context *push = step->push;
    const struct digest *ours =
        &graph_object(push->set->graph, step->placement->object)->digest;
    struct push_counts *counts = &push->result->counts;
    enum image_state state = IMAGE_PUSHED;
    struct digest held;
    int rc =
        pull_look_at_tag(push_context_session(push, worker), repo, step->tag, &held, err);

    if (rc < 0 || push_tag_state(push, rc == 1 ? &held : NULL, ours, &state, err) < 0)
        return -1;
    if (state == IMAGE_PUSHED && !push->options->dry_run &&
        send_digest_tag(step, worker, repo, err) < 0)
        return -1;
    if (state != IMAGE_SKIPPED)
        push_context_count(
            push, state == IMAGE_PRESENT ? &counts->tags_present : &counts->tags_pushed,
            1);
    return 0;
}

static int
digest_tag_job(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct digest_tag_step *step = (const struct digest_tag_step *)base;
    struct push_context *push = step->push;
    struct placement *p = step->placement;
    struct repository repo = push_context_repository(push, p->repo);

    if (p->cause != 0 || push_is_closed(push, p->repo, &p->cause) ||
        push_settle(push, worker, p->repo, &p->cause,
                    set_digest_tag(step, worker, &repo, err), err) == 0)
        return 0;
    err_wrap(err, "tag %s", step->tag);
    return push_context_wrap(err, &repo);
}

/* For each document of the plan, whether one of the names tags it. */
static bool *
find_tagged(const struct push_context *push)
{
    const struct push_plan *plan = &push->result->plan;
    bool *is_tagged = xcalloc(plan->document_count + 1, sizeof(*is_tagged));

    for (size_t i = 0; i < plan->name_count; i++) {
        const struct placement *p =
            push_plan_find(plan, push->set->entries[i].object, plan->names[i].repo, true);

        if (p && plan->names[i].to.tag[0] != '\0' &&
            push->result->states[i] != IMAGE_SKIPPED)
            is_tagged[p - plan->documents] = true;
    }
    return is_tagged;
}

int
push_digest_tags(struct push_context *push, struct err *err)
{
    const struct push_plan *plan = &push->result->plan;
    struct digest_tag_step *steps;
    bool *is_tagged;
    int rc;

    if (!push->options->mapping.tag_digests)
        return 0;
    steps = xcalloc(plan->document_count, sizeof(*steps));
    is_tagged = find_tagged(push);
    for (size_t i = 0; i < plan->document_count; i++) {
        struct placement *p = &plan->documents[i];

        steps[i] = (struct digest_tag_step){
            .job.run = digest_tag_job, .push = push, .placement = p};
        if (!is_tagged[i] &&
            mapping_digest_tag(&graph_object(push->set->graph, p->object)->digest,
                               steps[i].tag))
            pool_add(push->pool, &steps[i].job);
    }
    rc = pool_wait(push->pool, err);
    free(is_tagged);
    free(steps);
    push_spread_causes(push);
    return rc;
}
