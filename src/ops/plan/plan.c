/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/plan.h"

#include "base/mem.h"
#include "base/pool.h"
#include "oci/graph_walk.h"
#include "ops/plan/find_referrers.h"
#include "ops/plan/index_rebuild.h"
#include "ops/plan/missing.h"
#include "ops/plan/pin_check.h"
#include "ops/plan/platform_check.h"
#include "ops/plan/resolve.h"
#include "ops/plan/tag_expand.h"

#include <stdlib.h>
#include <string.h>

/* ---- the image set ---- */

static void
mark_missing(struct plan *plan)
{
    struct image_set *set = &plan->set;
    size_t count;
    const uint32_t *ids = graph_omitted(set->graph, &count);

    set->is_missing = xcalloc(graph_count(set->graph), sizeof(*set->is_missing));
    for (size_t i = 0; i < count; i++) {
        const struct digest *child = &graph_object(set->graph, ids[i])->digest;

        set->is_missing[ids[i]] = failures_has(plan->failures, child) ||
                                  digest_map_find(&plan->missing, child) != NULL;
    }
}

/* Names that failed, and those that were missing before, except for what is in the set.
 * Children of indexes are not among them. */
static int
list_missing(struct plan *plan, const struct missing_list *before, struct err *err)
{
    static const struct missing_list none = MISSING_LIST_INIT;
    const struct missing_list *failed =
        plan->failures ? failures_names(plan->failures) : &none;
    struct missing_list all = {
        .items = xcalloc(failed->count + before->count + 1, sizeof(*all.items))};
    int rc;

    for (size_t i = 0; i < failed->count; i++)
        all.items[all.count++] = failed->items[i];
    for (size_t i = 0; i < before->count; i++) {
        const struct missing_name *m = &before->items[i];

        if (!m->has_digest || graph_find(plan->set.graph, &m->digest) == GRAPH_NONE)
            all.items[all.count++] = *m;
    }
    rc =
        missing_of(&plan->set.missing, &all, &plan->set, plan->names, plan->origins, err);
    free(all.items);
    return rc;
}

/* Build the set from the names and their reach, whose contents are taken over. */
static int
make_set(struct plan *plan, struct reach *reach, const struct plan_options *options,
         struct err *err)
{
    static const struct missing_list none = MISSING_LIST_INIT;
    const struct image_source *source = options->source;
    struct image_set *set = &plan->set;

    plan->origins = reach->names;
    set->graph = reach->graph;
    *reach = (struct reach)REACH_INIT;
    set->count = plan->name_count;
    set->entries = xcalloc(set->count, sizeof(*set->entries));
    for (size_t i = 0; i < set->count; i++) {
        image_set_describe(set, i, &plan->names[i].ref);
        set->entries[i].is_rebuilt = plan->names[i].is_rebuilt;
        set->entries[i].rebuilt_from = plan->names[i].served;
        set->entries[i].is_made =
            source->is_made && source->is_made(source->ctx, &set->entries[i].digest);
    }
    plan->totals = image_set_totals(set);
    mark_missing(plan);
    return list_missing(plan, options->missing ? options->missing : &none, err);
}

static void
forget_set(struct plan *plan)
{
    image_set_release(&plan->set);
    free(plan->origins);
    plan->origins = NULL;
}

/* ---- the whole plan ---- */

/* Replace repositories by their tags. */
static int
list_names(struct plan *plan, const struct plan_options *options,
           const struct walk_options *walk, struct err_list *bad, struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;

    if (tag_expand(&names, options->names, options->tags, walk, bad, err) < 0)
        return -1;
    plan->name_count = names.count;
    plan->names = xcalloc(names.count, sizeof(*plan->names));
    for (size_t i = 0; i < names.count; i++)
        plan->names[i].ref = names.items[i];
    return 0;
}

/* All names that cannot be resolved are one failure. */
static int
resolve_all(struct plan *plan, const struct plan_options *options,
            const struct walk_options *walk, struct err *err)
{
    CLEANUP(err_list_release) struct err_list bad = ERR_LIST_INIT;

    if (list_names(plan, options, walk, &bad, err) < 0 ||
        resolve_names(plan->names, plan->name_count, walk, &bad, err) < 0 ||
        err_list_end(&bad, &options->run->events, "names could not be resolved", err) < 0)
        return -1;
    return pin_check(plan->names, plan->name_count, walk, err);
}

/* Walk again, with other names and from the cache. */
static int
walk_again(struct plan *plan, struct reach *reach, const struct walk_options *walk,
           struct err *err)
{
    reach_release(reach);
    return walk_what_is_there(reach, plan->names, &plan->name_count, walk, err);
}

/* An image that lacks platforms may be a failure, or be skipped. */
static int
walk_and_check(struct plan *plan, struct reach *reach, const struct walk_options *walk,
               struct err *err)
{
    size_t failures;
    int rc;

    do {
        if (walk_again(plan, reach, walk, err) < 0)
            return -1;
        failures = failures_count(plan->failures);
        rc = platform_check(reach, plan->names, &plan->name_count, walk, &plan->skipped,
                            err);
        if (rc < 0)
            return -1;
        if (failures_count(plan->failures) > failures)
            failures_spread(plan->failures, reach->graph);
    } while (rc == 1 || failures_count(plan->failures) > failures);
    if (plan->name_count == 0 && plan->skipped.count > 0 &&
        failures_count(plan->failures) == 0)
        return err_because(err, ERR_NOT_FOUND, REASON_SKIPPED,
                           "none of %zu images has a selected platform",
                           plan->skipped.count);
    return 0;
}

/*
 * Put images first, each group in its order: tools that load a bundle entry by entry may
 * stop at the first that is not an image.  Name i is root i of the walk.  Returns whether
 * the order changed, so that another walk is required.
 */
static bool
put_images_first(struct plan *plan, const struct reach *reach)
{
    struct plan_name *sorted = xcalloc(plan->name_count, sizeof(*sorted));
    size_t next = 0;
    bool is_changed = false;

    for (int others = 0; others < 2; others++) {
        for (size_t i = 0; i < plan->name_count; i++) {
            bool is_image = image_set_is_image(reach->graph, graph_root(reach->graph, i),
                                               &plan->names[i].ref);

            if (is_image != (others == 0))
                continue;
            is_changed |= next != i;
            sorted[next++] = plan->names[i];
        }
    }
    free(plan->names);
    plan->names = sorted;
    return is_changed;
}

static struct walk_options
walk_options_of(struct plan *plan, const struct plan_options *options, struct pool *pool)
{
    return (struct walk_options){
        .names = options->names,
        .choice = options->choice,
        .if_missing = options->if_missing,
        .has_referrers = options->referrers,
        .source = options->source,
        .pool = pool,
        .cache = plan->cache,
        .links = plan->links,
        .missing = &plan->missing,
        .failures = plan->failures,
        .run = options->run,
    };
}

static int
find_out(struct plan *plan, struct reach *reach, const struct plan_options *options,
         struct pool *pool, struct err *err)
{
    const struct walk_options walk = walk_options_of(plan, options, pool);

    if (resolve_all(plan, options, &walk, err) < 0 ||
        walk_and_check(plan, reach, &walk, err) < 0)
        return -1;
    if (options->rebuild && index_rebuild(reach, plan->names, &plan->name_count,
                                          plan->cache, plan->failures, err) < 0)
        return -1;
    if (options->referrers)
        events_phase(&options->run->events, "looking for referrers", 0, EVENT_ITEMS);
    if (options->referrers &&
        find_referrers(&plan->names, &plan->name_count, &walk, err) < 0)
        return -1;
    if ((options->rebuild || options->referrers) &&
        walk_again(plan, reach, &walk, err) < 0)
        return -1;
    return put_images_first(plan, reach) ? walk_again(plan, reach, &walk, err) : 0;
}

int
plan_make(struct plan *out, const struct plan_options *options, struct err *err)
{
    CLEANUP(pool_release) struct pool *pool = NULL;
    CLEANUP(reach_release) struct reach reach = REACH_INIT;

    out->cache = document_cache_new();
    out->links = foreign_urls_new();
    out->failures = options->keep_going ? failures_new(&options->run->events) : NULL;
    pool = pool_new(options->run->jobs, &options->run->cancel, err);
    if (!pool)
        return -1;
    events_phase(&options->run->events, "resolving", 0, EVENT_ITEMS);
    if (find_out(out, &reach, options, pool, err) < 0)
        return -1;
    return make_set(out, &reach, options, err);
}

int
plan_again(struct plan *plan, const struct plan_options *options, struct err *err)
{
    CLEANUP(pool_release)
    struct pool *pool = pool_new(options->run->jobs, &options->run->cancel, err);
    CLEANUP(reach_release) struct reach reach = REACH_INIT;
    const struct walk_options walk = walk_options_of(plan, options, pool);

    if (!pool)
        return -1;
    failures_spread(plan->failures, plan->set.graph);
    forget_set(plan);
    if (walk_again(plan, &reach, &walk, err) < 0)
        return -1;
    return make_set(plan, &reach, options, err);
}

void
plan_release(struct plan *plan)
{
    forget_set(plan);
    free(plan->names);
    skipped_list_release(&plan->skipped);
    foreign_urls_free(plan->links);
    document_cache_free(plan->cache);
    failures_free(plan->failures);
    digest_map_release_with(&plan->missing, free);
    *plan = (struct plan)PLAN_INIT;
}
