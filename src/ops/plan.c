#include "config.h"
#include "ops/plan.h"

#include "base/mem.h"
#include "base/pool.h"
#include "ops/platforms.h"
#include "ops/resolve.h"
#include "ops/weigh.h"

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

    if (o->artifact_type[0] != '\0')
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
            .is_image = is_image(plan->reach.graph, o),
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
    CLEANUP(scales_release) struct scales *scales = scales_new(plan->reach.graph);
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
        if (__builtin_add_overflow(apart, scales_weigh(scales, root), &apart))
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

        plan->omitted[i] = (struct bundle_omitted){.digest = o->digest, .size = o->size};
    }
}

/* ---- the whole ---- */

static int
find_out(struct plan *plan, const struct plan_options *options, struct pool *pool,
         struct err *err)
{
    const struct walk_options walk = {
        .choice = options->choice,
        .client = options->client,
        .pool = pool,
        .shelf = plan->shelf,
        .events = options->events,
    };

    if (resolve_names(plan->names, plan->name_count, &walk, err) < 0 ||
        walk_names(&plan->reach, plan->names, plan->name_count, &walk, err) < 0)
        return -1;
    return platforms_check(&plan->reach, plan->names, &walk, err);
}

int
plan_make(struct plan *out, const struct plan_options *options, struct err *err)
{
    CLEANUP(pool_release) struct pool *pool = NULL;

    out->shelf = shelf_new();
    out->name_count = options->names->count;
    out->names = xcalloc(out->name_count, sizeof(*out->names));
    for (size_t i = 0; i < out->name_count; i++)
        out->names[i].ref = options->names->items[i];
    pool = pool_new(options->jobs, options->cancel, err);
    if (!pool)
        return -1;
    events_phase(options->events, "resolving", 0, EVENT_ITEMS);
    if (find_out(out, options, pool, err) < 0)
        return -1;
    describe_entries(out);
    describe_bytes(out);
    describe_omitted(out);
    return 0;
}

void
plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->entry_count; i++) {
        free(plan->entries[i].name);
        free(plan->entries[i].media_type);
        free(plan->entries[i].artifact_type);
    }
    free(plan->entries);
    free(plan->names);
    free(plan->blobs);
    free(plan->omitted);
    reach_release(&plan->reach);
    shelf_free(plan->shelf);
    *plan = (struct plan)PLAN_INIT;
}
