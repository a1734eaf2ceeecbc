#include "config.h"
#include "ops/plan.h"

#include "base/mem.h"
#include "base/pool.h"
#include "ops/resolve.h"
#include "ops/weigh.h"
#include "registry/pull.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* One object whose bytes decide how it goes on. */
struct fetch_job {
    struct pool_job job;
    struct walk *walk;
    uint32_t id;
    struct fetch_job *next; /* all of them, to be freed at the end */
};

struct walk {
    const struct plan_options *options;
    struct plan *plan;
    struct pool *pool;
    struct resolved *names; /* options->names->count of them */
    pthread_mutex_t lock;   /* guards all below, and the plan */
    size_t object_cap;
    uint64_t document_bytes;
    struct fetch_job *fetches;
};

/* ---- the graph ---- */

static void fetch_what_is_wanted(struct walk *walk);

/* Objects discovered since: they live where their parent does.  Locked. */
static void
note_new_objects(struct walk *walk, uint32_t name)
{
    struct plan *plan = walk->plan;

    while (plan->object_count < graph_count(plan->graph)) {
        plan->objects = mem_grow(plan->objects, plan->object_count, &walk->object_cap,
                                 sizeof(*plan->objects));
        plan->objects[plan->object_count++] = (struct plan_object){.name = name};
    }
}

/* Take the bytes of an object into the plan and the graph.  Locked. */
static int
feed(struct walk *walk, uint32_t id, char *bytes, size_t len, struct err *err)
{
    struct plan *plan = walk->plan;

    plan->objects[id].bytes = bytes;
    walk->document_bytes += len;
    if (walk->document_bytes > PLAN_DOCUMENTS_MAX) {
        err_set(err, ERR_LIMIT, "indexes and manifests take more than %u MiB",
                PLAN_DOCUMENTS_MAX >> 20);
        return err_hint(err, "split the list of images over several bundles");
    }
    if (len > DOCUMENT_WARN_BYTES)
        events_warning(walk->options->events,
                       "a manifest is larger than %u MiB: many registries refuse that",
                       DOCUMENT_WARN_BYTES >> 20);
    if (graph_feed(plan->graph, id, bytes, len, err) < 0)
        return -1;
    note_new_objects(walk, plan->objects[id].name);
    return 0;
}

/* Let a blob of unknown type arrive in memory. */
static int
collect(void *ctx, uint64_t at, const void *bytes, size_t len, struct err *err)
{
    struct buf *buf = ctx;

    if (at == 0)
        buf_clear(buf); /* it is fetched a second time */
    if (buf_add(buf, bytes, len) < 0)
        return err_set(err, ERR_INTERNAL, "a blob outgrew its declared size");
    return 0;
}

/* Unknown children of an index may be served as manifests, or as blobs only. */
static int
pull_child(struct session *session, const struct repository *repo,
           const struct digest *digest, uint64_t size, struct pulled *out,
           struct err *err)
{
    struct blob_sink sink = {.write = collect, .ctx = &out->bytes};

    if (pull_by_digest(session, repo, digest, size, out, err) == 0)
        return 0;
    if (err->kind != ERR_NOT_FOUND)
        return -1;
    return pull_blob(session, repo, digest, size, NULL, &sink, err);
}

static int
fetch(struct pool_job *base, unsigned worker, struct err *err)
{
    struct fetch_job *job = (struct fetch_job *)base;
    struct walk *walk = job->walk;
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;
    const struct reference *ref;
    struct repository repo;
    struct graph_object o;
    size_t len;
    int rc;

    pthread_mutex_lock(&walk->lock);
    o = *graph_object(walk->plan->graph, job->id); /* the array may move */
    ref = &walk->options->names->items[walk->plan->objects[job->id].name];
    pthread_mutex_unlock(&walk->lock);

    repo = resolve_repository(ref);
    if (pull_child(client_session(walk->options->client, worker), &repo, &o.digest,
                   o.size, &got, err) < 0)
        return resolve_wrap(err, ref);

    len = got.bytes.len;
    pthread_mutex_lock(&walk->lock);
    rc = feed(walk, job->id, buf_steal(&got.bytes), len, err);
    if (rc == 0)
        fetch_what_is_wanted(walk);
    pthread_mutex_unlock(&walk->lock);
    events_done(walk->options->events, 1);
    return rc < 0 ? resolve_wrap(err, ref) : 0;
}

/* Locked. */
static void
fetch_what_is_wanted(struct walk *walk)
{
    uint32_t id;

    while ((id = graph_next(walk->plan->graph)) != GRAPH_NONE) {
        struct fetch_job *job = xcalloc(1, sizeof(*job));

        job->job.run = fetch;
        job->walk = walk;
        job->id = id;
        job->next = walk->fetches;
        walk->fetches = job;
        pool_add(walk->pool, &job->job);
    }
}

/* Add the roots in the order of the names; their bytes are here already.  Locked. */
static int
plant_roots(struct walk *walk, struct err *err)
{
    const struct reference_list *names = walk->options->names;

    for (size_t i = 0; i < names->count; i++) {
        const struct resolved *name = &walk->names[i];
        uint32_t id;

        if (graph_add_root(walk->plan->graph, &name->top.digest, name->size,
                           name->top.media_type, &id, err) < 0)
            return resolve_wrap(err, &names->items[i]);
        note_new_objects(walk, (uint32_t)i);
    }
    return 0;
}

/* Hand the graph the bytes of the roots.  Locked. */
static int
feed_roots(struct walk *walk, struct err *err)
{
    const struct reference_list *names = walk->options->names;
    struct graph *graph = walk->plan->graph;

    while (graph_next(graph) != GRAPH_NONE)
        continue; /* so far it can only ask for the roots */
    for (size_t i = 0; i < names->count; i++) {
        struct pulled *top = &walk->names[i].top;
        uint32_t id = graph_root(graph, i);
        size_t len = top->bytes.len;

        if (top->bytes.data == NULL || walk->plan->objects[id].bytes)
            continue;
        if (feed(walk, id, buf_steal(&top->bytes), len, err) < 0)
            return resolve_wrap(err, &names->items[i]);
    }
    return 0;
}

static int
walk_graph(struct walk *walk, struct err *err)
{
    int rc;

    pthread_mutex_lock(&walk->lock);
    rc = plant_roots(walk, err);
    if (rc == 0)
        rc = feed_roots(walk, err);
    if (rc == 0)
        fetch_what_is_wanted(walk);
    pthread_mutex_unlock(&walk->lock);
    if (rc < 0)
        return -1;
    if (pool_wait(walk->pool, err) < 0)
        return -1;
    return graph_finish(walk->plan->graph, err);
}

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
describe_entries(struct plan *plan, const struct reference_list *names)
{
    plan->entry_count = names->count;
    plan->entries = xcalloc(names->count, sizeof(*plan->entries));
    for (size_t i = 0; i < names->count; i++) {
        const struct graph_object *o =
            graph_object(plan->graph, graph_root(plan->graph, i));
        char name[REFERENCE_TEXT_MAX];

        reference_name(&names->items[i], name);
        plan->entries[i] = (struct bundle_entry){
            .name = xstrdup(name),
            .is_image = is_image(plan->graph, o),
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
    CLEANUP(scales_release) struct scales *scales = scales_new(plan->graph);
    const uint32_t *order = graph_order(plan->graph);
    uint64_t apart = 0;

    plan->blobs = xcalloc(plan->object_count, sizeof(*plan->blobs));
    for (size_t i = 0; i < plan->object_count; i++) {
        const struct graph_object *o = graph_object(plan->graph, order[i]);

        plan->blobs[i] = (struct bundle_member){.digest = o->digest, .size = o->size};
        plan->bytes += o->size;
    }
    for (size_t i = 0; i < plan->entry_count; i++) {
        uint32_t root = graph_root(plan->graph, i);

        plan->platforms += count_platforms(plan->graph, &plan->entries[i], root);
        if (__builtin_add_overflow(apart, scales_weigh(scales, root), &apart))
            apart = UINT64_MAX;
    }
    plan->bytes_shared = apart - plan->bytes; /* each object is below some name */
}

/* ---- the whole ---- */

static void
walk_init(struct walk *walk, struct plan *plan, const struct plan_options *options)
{
    size_t count = options->names->count;

    *walk = (struct walk){.options = options, .plan = plan};
    pthread_mutex_init(&walk->lock, NULL);
    walk->names = xcalloc(count, sizeof(*walk->names));
    for (size_t i = 0; i < count; i++)
        walk->names[i] = (struct resolved)RESOLVED_INIT;
}

static void
walk_release(struct walk *walk)
{
    pool_free(walk->pool); /* first: jobs are running until here after a failure */
    for (size_t i = 0; i < walk->options->names->count; i++)
        pulled_release(&walk->names[i].top);
    free(walk->names);
    while (walk->fetches) {
        struct fetch_job *next = walk->fetches->next;

        free(walk->fetches);
        walk->fetches = next;
    }
    pthread_mutex_destroy(&walk->lock);
}

int
plan_make(struct plan *out, const struct plan_options *options, struct err *err)
{
    CLEANUP(walk_release) struct walk walk;

    out->graph = graph_new(ERR_PROTOCOL);
    walk_init(&walk, out, options);
    walk.pool = pool_new(options->jobs, options->cancel, err);
    if (!walk.pool)
        return -1;
    events_phase(options->events, "resolving", 0, EVENT_ITEMS);
    if (resolve_names(walk.names, options->names, options->client, walk.pool,
                      options->events, err) < 0 ||
        walk_graph(&walk, err) < 0)
        return -1;
    describe_entries(out, options->names);
    describe_bytes(out);
    return 0;
}

void
plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->object_count; i++)
        free(plan->objects[i].bytes);
    for (size_t i = 0; i < plan->entry_count; i++) {
        free(plan->entries[i].name);
        free(plan->entries[i].media_type);
        free(plan->entries[i].artifact_type);
    }
    free(plan->objects);
    free(plan->entries);
    free(plan->blobs);
    graph_free(plan->graph);
    *plan = (struct plan)PLAN_INIT;
}
