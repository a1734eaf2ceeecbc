/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push_sparse.h"

#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "ops/push/push_blobs.h"
#include "ops/push/push_manifests.h"
#include "ops/push/push_tags.h"

bool
push_is_wanted(void *result, size_t name)
{
    const struct push_result *r = result;

    return r->states[name] != IMAGE_SKIPPED && r->states[name] != IMAGE_FAILED;
}

static struct placement *
root_of(const struct push_context *push, size_t name)
{
    const struct push_plan *plan = &push->result->plan;

    return push_plan_find(plan, push->set->entries[name].object, plan->names[name].repo,
                          true);
}

/* Not tried yet, and not there already. */
static bool
is_candidate(const struct push_context *push, struct graph_walk *walk, size_t name)
{
    const struct placement *root =
        push_is_wanted(push->result, name) ? root_of(push, name) : NULL;

    return root && !root->is_there && !root->is_first && root->cause == 0 &&
           image_set_is_sparse(push->set, walk, name);
}

/* Its name; name_count when there is none. */
static size_t
find_smallest(const struct push_context *push, struct graph_walk *walk)
{
    CLEANUP(graph_size_release)
    struct graph_size *sizes = graph_size_new(push->set->graph);
    size_t found = push->result->plan.name_count;
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < push->result->plan.name_count; i++) {
        uint64_t size;

        if (!is_candidate(push, walk, i))
            continue;
        size = graph_size_add(sizes, push->set->entries[i].object);
        if (size < least) {
            least = size;
            found = i;
        }
    }
    return found;
}

struct first_marking {
    const struct push_plan *plan;
    uint32_t repo;
};

static void
mark_first(void *ctx, uint32_t id, bool as_document)
{
    const struct first_marking *m = ctx;

    push_plan_find(m->plan, id, m->repo, as_document)->is_first = true;
}

static int
push_first(struct push_context *push, struct graph_walk *walk, size_t name,
           struct err *err)
{
    struct push_plan *plan = &push->result->plan;
    struct first_marking m = {plan, plan->names[name].repo};
    int rc;

    graph_walk_root(walk, push->set->entries[name].object, mark_first, &m);
    push->is_trying = true;
    rc = push_all_blobs(push, err);
    if (rc == 0)
        rc = push_manifests(push, err);
    push->is_trying = false;
    return rc;
}

static bool
is_refusal(const struct push_context *push, uint32_t cause)
{
    enum err_reason reason =
        cause > 0 ? push->result->failures[cause - 1].reason : REASON_NONE;

    return reason == REASON_SPARSE_INDEX || reason == REASON_INCOMPLETE_INDEX;
}

static int
fail_sparse(struct push_context *push, struct graph_walk *walk, uint32_t cause,
            struct err *err)
{
    struct push_plan *plan = &push->result->plan;

    for (size_t i = 0; i < plan->name_count; i++) {
        const struct placement *root =
            push_is_wanted(push->result, i) ? root_of(push, i) : NULL;

        if (root && !root->is_there && image_set_is_sparse(push->set, walk, i))
            push_fail_image(push, i, root->cause > 0 ? root->cause : cause);
    }
    push_leave_out_attached(push);
    push_plan_clear(plan);
    return push_plan_place(plan, push_is_wanted, push->result, err) < 0
               ? -1
               : push_probe_manifests(push, err);
}

int
push_try_sparse(struct push_context *push, struct err *err)
{
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(push->set->graph);

    if (image_set_omitted(push->set) == 0)
        return 0;
    /* If the first failed for another reason, try the next one. */
    for (uint32_t cause = 1; cause != 0;) {
        size_t name = find_smallest(push, walk);

        if (name == push->result->plan.name_count)
            return 0;
        if (push_first(push, walk, name, err) < 0)
            return -1;
        cause = root_of(push, name)->cause;
        if (is_refusal(push, cause))
            return fail_sparse(push, walk, cause, err);
    }
    return 0;
}
