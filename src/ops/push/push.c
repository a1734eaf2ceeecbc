/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/push/push.h"

#include "base/mem.h"
#include "ops/push/push_blobs.h"
#include "ops/push/push_digest_tags.h"
#include "ops/push/push_manifests.h"
#include "ops/push/push_referrers.h"
#include "ops/push/push_sparse.h"
#include "ops/push/push_tags.h"
#include "registry/presence.h"

#include <stdlib.h>
#include <string.h>

static int
push_all(struct push_context *push, struct err *err)
{
    const struct push_options *o = push->options;
    const struct events *events = &o->run->events;
    struct push_plan *plan = &push->result->plan;

    events_phase(events, "looking at tags", plan->name_count, EVENT_ITEMS);
    if (push_probe_tags(push, err) < 0 ||
        push_plan_place(plan, push_is_wanted, push->result, err) < 0)
        return -1;
    push->has_begun = true;
    if (push_probe_manifests(push, err) < 0 ||
        (!o->dry_run && push_try_sparse(push, err) < 0) || push_all_blobs(push, err) < 0)
        return -1;
    if (o->read_back_blobs && !o->dry_run && push_read_back_blobs(push, err) < 0)
        return -1;
    if (push_manifests(push, err) < 0 || push_referrer_lists(push, err) < 0)
        return -1;
    if (!o->dry_run) {
        events_phase(events, "reading back", plan->document_count, EVENT_ITEMS);
        if (push_read_back_manifests(push, err) < 0)
            return -1;
        events_phase(events, "tags", plan->name_count, EVENT_ITEMS);
    }
    if (push_digest_tags(push, err) < 0)
        return -1;
    push_fail_images(push);
    if (push_tags(push, err) < 0)
        return -1;
    return o->dry_run ? 0 : push_read_back_tags(push, err);
}

int
push_images(struct push_result *out, const struct image_set *set,
            const struct image_source *source, const struct push_options *o,
            struct err *err)
{
    struct push_context push = {
        .options = o, .result = out, .source = source, .set = set};
    int rc;

    out->states = xcalloc(out->plan.name_count, sizeof(*out->states));
    out->causes = xcalloc(out->plan.name_count, sizeof(*out->causes));
    push.pool = pool_new(o->run->jobs, &o->run->cancel, err);
    if (!push.pool)
        return -1;
    pthread_mutex_init(&push.lock, NULL);
    pthread_mutex_init(&push.acceptance, NULL);
    push.repos = xcalloc(out->plan.repo_count, sizeof(*push.repos));
    rc = push_all(&push, err);
    out->is_by_head = presence_is_by_head(o->client);
    pool_free(push.pool);
    free(push.repos);
    pthread_mutex_destroy(&push.acceptance);
    pthread_mutex_destroy(&push.lock);
    return rc;
}

int
push_to_exact(struct push_options *options, const struct image_set *set,
              const struct reference *name, struct err *err)
{
    const struct image_entry *single = image_set_single(set);

    if (!single)
        return err_set(err, ERR_USAGE,
                       "an exact name at the target is for one image: %zu names are to "
                       "be pushed",
                       set->count);
    options->mapping.exact = name;
    options->mapping.exact_for = &single->ref;
    memcpy(options->mapping.target.host, name->host, sizeof(name->host));
    return 0;
}
