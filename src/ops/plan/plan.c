/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/plan.h"

#include "base/mem.h"
#include "base/pool.h"
#include "oci/graph_size.h"
#include "oci/graph_walk.h"
#include "ops/plan/find_referrers.h"
#include "ops/plan/index_rebuild.h"
#include "ops/plan/missing.h"
#include "ops/plan/platform_check.h"
#include "ops/plan/resolve.h"
#include "ops/plan/tag_expand.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the result says ---- */

/* Is it an image that container tools should see, or a chart, a signature, ...? */
static bool
is_image(const struct graph *g, const struct graph_object *o)
{
    static const char *const configs[] = {
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    };

    if (o->artifact_type[0] != '\0' || o->subject)
        return false;
    if (o->kind == MEDIA_INDEX)
        return true;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        const char *type = graph_object(g, o->edges[i].to)->media_type;

        if (o->edges[i].kind == EDGE_CONFIG)
            return strcmp(type, configs[0]) == 0 || strcmp(type, configs[1]) == 0;
    }
    return false;
}

static void
describe_entries(struct plan *plan)
{
    plan->entry_count = plan->name_count;
    plan->entries = xcalloc(plan->entry_count, sizeof(*plan->entries));
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct graph_object *o =
            graph_object(plan->reach.graph, graph_root(plan->reach.graph, i));
        char name[REFERENCE_TEXT_MAX];

        reference_name(&plan->names[i].ref, name);
        plan->entries[i] = (struct bundle_entry){
            .name = xstrdup(name),
            .is_image = is_image(plan->reach.graph, o) &&
                        !tag_is_of_cosign(plan->names[i].ref.tag),
            .media_type = xstrdup(o->media_type),
            .artifact_type = xstrdup(o->artifact_type),
            .digest = o->digest,
            .size = o->size,
        };
    }
}

/* Images for some platform below a name: what an index lists, or the one manifest. */
static size_t
count_platforms(const struct graph *g, const struct bundle_entry *entry, uint32_t root)
{
    const struct graph_object *o = graph_object(g, root);
    size_t n = 0;

    if (o->kind == MEDIA_MANIFEST)
        return entry->is_image ? 1 : 0;
    for (uint32_t i = 0; i < o->edge_count; i++)
        n += !o->edges[i].is_attestation &&
             graph_object(g, o->edges[i].to)->kind == MEDIA_MANIFEST;
    return n;
}

static void
describe_bytes(struct plan *plan)
{
    CLEANUP(graph_size_release)
    struct graph_size *scales = graph_size_new(plan->reach.graph);
    const uint32_t *order = graph_order(plan->reach.graph);
    uint64_t apart = 0;

    plan->blob_count = graph_member_count(plan->reach.graph);
    plan->blobs = xcalloc(plan->blob_count, sizeof(*plan->blobs));
    for (size_t i = 0; i < plan->blob_count; i++) {
        const struct graph_object *o = graph_object(plan->reach.graph, order[i]);

        plan->blobs[i] = (struct bundle_member){.digest = o->digest, .size = o->size};
        plan->bytes += o->size;
    }
    for (size_t i = 0; i < plan->entry_count; i++) {
        uint32_t root = graph_root(plan->reach.graph, i);

        plan->platforms += count_platforms(plan->reach.graph, &plan->entries[i], root);
        if (__builtin_add_overflow(apart, graph_size_add(scales, root), &apart))
            apart = UINT64_MAX;
    }
    plan->bytes_shared = apart - plan->bytes; /* each object is below some name */
}

static void
describe_omitted(struct plan *plan)
{
    const uint32_t *ids = graph_omitted(plan->reach.graph, &plan->omitted_count);

    plan->omitted = xcalloc(plan->omitted_count, sizeof(*plan->omitted));
    for (size_t i = 0; i < plan->omitted_count; i++) {
        const struct graph_object *o = graph_object(plan->reach.graph, ids[i]);

        plan->omitted[i] = (struct bundle_omitted){
            .digest = o->digest,
            .size = o->size,
            .is_missing = failures_has(plan->failures, &o->digest)};
    }
}

static int
describe_plan(struct plan *plan, struct err *err)
{
    describe_entries(plan);
    describe_bytes(plan);
    describe_omitted(plan);
    return plan->failures ? missing_of(&plan->missing, plan, err) : 0;
}

static void
forget_description(struct plan *plan)
{
    for (size_t i = 0; i < plan->entry_count; i++) {
        free(plan->entries[i].name);
        free(plan->entries[i].media_type);
        free(plan->entries[i].artifact_type);
    }
    free(plan->entries);
    free(plan->blobs);
    free(plan->omitted);
    missing_list_release(&plan->missing);
    plan->entries = NULL;
    plan->blobs = NULL;
    plan->omitted = NULL;
    plan->entry_count = plan->blob_count = plan->omitted_count = plan->platforms = 0;
    plan->bytes = plan->bytes_shared = 0;
}

/* ---- the whole ---- */

/* Repositories become their tags. */
static int
list_names(struct plan *plan, const struct plan_options *options,
           const struct walk_options *walk, struct err *err)
{
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;

    if (tag_expand(&names, options->names, options->tags, walk, err) < 0)
        return -1;
    plan->name_count = names.count;
    plan->names = xcalloc(names.count, sizeof(*plan->names));
    for (size_t i = 0; i < names.count; i++)
        plan->names[i].ref = names.items[i];
    return 0;
}

/* Once more, with other names and from memory. */
static int
walk_again(struct plan *plan, const struct walk_options *walk, struct err *err)
{
    reach_release(&plan->reach);
    return walk_what_is_there(&plan->reach, plan->names, &plan->name_count, walk, err);
}

/* An image that lacks a platform may be a gap, too. */
static int
walk_and_check(struct plan *plan, const struct walk_options *walk, struct err *err)
{
    size_t failures;

    do {
        if (walk_again(plan, walk, err) < 0)
            return -1;
        failures = failures_count(plan->failures);
        if (platform_check(&plan->reach, plan->names, walk, err) < 0)
            return -1;
        if (failures_count(plan->failures) > failures)
            failures_spread(plan->failures, plan->reach.graph);
    } while (failures_count(plan->failures) > failures);
    return 0;
}

static struct walk_options
walk_options_of(const struct plan *plan, const struct plan_options *options,
                struct pool *pool)
{
    return (struct walk_options){
        .choice = options->choice,
        .has_referrers = options->referrers,
        .client = options->client,
        .pool = pool,
        .cache = plan->cache,
        .links = plan->links,
        .failures = plan->failures,
        .events = options->events,
    };
}

static int
find_out(struct plan *plan, const struct plan_options *options, struct pool *pool,
         struct err *err)
{
    const struct walk_options walk = walk_options_of(plan, options, pool);

    if (list_names(plan, options, &walk, err) < 0 ||
        resolve_names(plan->names, plan->name_count, &walk, err) < 0 ||
        walk_and_check(plan, &walk, err) < 0)
        return -1;
    if (!options->rebuild && !options->referrers)
        return 0;
    if (options->rebuild && index_rebuild(&plan->reach, plan->names, &plan->name_count,
                                          plan->cache, plan->failures, err) < 0)
        return -1;
    if (options->referrers)
        events_phase(options->events, "looking for referrers", 0, EVENT_ITEMS);
    if (options->referrers &&
        find_referrers(&plan->names, &plan->name_count, &walk, err) < 0)
        return -1;
    return walk_again(plan, &walk, err);
}

int
plan_make(struct plan *out, const struct plan_options *options, struct err *err)
{
    CLEANUP(pool_release) struct pool *pool = NULL;

    out->cache = document_cache_new();
    out->links = foreign_urls_new();
    out->failures = options->keep_going ? failures_new(options->events) : NULL;
    pool = pool_new(options->jobs, options->cancel, err);
    if (!pool)
        return -1;
    events_phase(options->events, "resolving", 0, EVENT_ITEMS);
    if (find_out(out, options, pool, err) < 0)
        return -1;
    return describe_plan(out, err);
}

int
plan_again(struct plan *plan, const struct plan_options *options, struct err *err)
{
    CLEANUP(pool_release)
    struct pool *pool = pool_new(options->jobs, options->cancel, err);
    const struct walk_options walk = walk_options_of(plan, options, pool);

    if (!pool)
        return -1;
    forget_description(plan);
    failures_spread(plan->failures, plan->reach.graph);
    if (walk_again(plan, &walk, err) < 0)
        return -1;
    return describe_plan(plan, err);
}

void
plan_release(struct plan *plan)
{
    forget_description(plan);
    free(plan->names);
    reach_release(&plan->reach);
    foreign_urls_free(plan->links);
    document_cache_free(plan->cache);
    failures_free(plan->failures);
    *plan = (struct plan)PLAN_INIT;
}
