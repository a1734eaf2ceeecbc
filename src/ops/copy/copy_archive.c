/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/copy/copy_archive.h"

#include "base/mem.h"
#include "base/pool.h"
#include "oci/graph_walk.h"
#include "oci/tag_filter.h"
#include "ops/copy/copy_source.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- names in the archive ---- */

/* A name with the tag of another one: of what cosign attached. */
static char *
name_beside(const char *name, const char *tag)
{
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    const char *colon = strchr(last, ':');

    if (!slash && !colon) /* a bare tag */
        return xstrdup(tag);
    return xasprintf("%.*s:%s", (int)(colon ? colon - name : (ptrdiff_t)strlen(name)),
                     name, tag);
}

/* What is attached by its subject has no name: clients find it by that. */
static char *
name_in_archive(const struct archive_options *o, const struct image_entry *e)
{
    if (e->ref.tag[0] == '\0')
        return xstrdup("");
    if (o->name[0] == '\0')
        return xstrdup(e->name);
    return tag_is_of_cosign(e->ref.tag) ? name_beside(o->name, e->ref.tag)
                                        : xstrdup(o->name);
}

static int
name_images(struct archive_result *r, const struct archive_options *o, struct err *err)
{
    const struct image_set *set = &r->plan.set;

    if (o->name[0] != '\0' && !image_set_single(set))
        return err_set(err, ERR_USAGE, "one name is given for more than one image");
    r->images = (struct target_images){.set = set,
                                       .count = set->count,
                                       .is_dry_run = o->dry_run,
                                       .may_replace = o->may_replace,
                                       .skips = o->skips};
    r->images.items = xcalloc(set->count + 1, sizeof(*r->images.items));
    for (size_t i = 0; i < set->count; i++) {
        r->images.items[i].entry = &set->entries[i];
        r->images.items[i].name = name_in_archive(o, &set->entries[i]);
    }
    return 0;
}

/* ---- objects ---- */

struct archiving {
    const struct archive_options *options;
    struct archive_result *result;
    struct image_source source;
    atomic_size_t written, present;
    atomic_uint_fast64_t bytes_written, bytes_present;
};

struct archive_job {
    struct pool_job job;
    struct archiving *archiving;
    uint32_t object;
};

/* Progress counts bytes as they are read. */
struct counted_source {
    struct byte_source inner;
    const struct events *events;
};

static ssize_t
read_counted(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct counted_source *c = ctx;
    ssize_t n = c->inner.read_at(c->inner.ctx, out, len, offset, err);

    if (n > 0)
        events_done(c->events, (uint64_t)n);
    return n;
}

static int
write_object(struct archiving *a, unsigned worker, const struct image_object *what,
             struct err *err)
{
    const struct image_target *target = a->options->target;
    const struct events *events = &a->options->plan.run->events;
    struct counted_source counted = {.events = events};
    const struct byte_source bytes = {
        .read_at = read_counted, .ctx = &counted, .size = what->size};
    int rc;

    a->source.open_blob(a->source.ctx, worker, what, &counted.inner);
    rc = target->put(target->ctx, what, &bytes, err);
    a->source.close_blob(&counted.inner);
    if (rc < 0)
        return -1;
    a->written++;
    a->bytes_written += what->size;
    return 0;
}

static int
bring_object(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct archive_job *job = (struct archive_job *)base;
    struct archiving *a = job->archiving;
    const struct image_target *target = a->options->target;
    const struct plan *plan = &a->result->plan;
    const struct graph_object *o = graph_object(plan->set.graph, job->object);
    const struct reference *in = &plan->names[plan->origins[job->object]].ref;
    const struct image_object what = {
        .in = in, .digest = &o->digest, .size = o->size, .media_type = o->media_type};
    int rc;

    if (target->wants && !target->wants(target->ctx, &what)) {
        events_done(&a->options->plan.run->events, o->size);
        return 0;
    }
    rc = target->has(target->ctx, &what, err);
    if (rc < 0)
        return -1;
    if (rc == 1) {
        a->present++;
        a->bytes_present += o->size;
        events_done(&a->options->plan.run->events, o->size);
        return 0;
    }
    if (a->options->dry_run) {
        a->written++;
        a->bytes_written += o->size;
        return 0;
    }
    return write_object(a, worker, &what, err) < 0 ? plan_name_wrap(err, in) : 0;
}

static void
mark_needed(void *ctx, uint32_t id, bool as_document)
{
    bool *is_needed = ctx;

    (void)as_document;
    is_needed[id] = true;
}

/* Objects that are needed, by graph id; owned by the caller. */
static bool *
needed_objects(const struct target_images *images)
{
    CLEANUP(graph_walk_release)
    struct graph_walk *walk = graph_walk_new(images->set->graph);
    bool *is_needed = xcalloc(graph_count(images->set->graph) + 1, sizeof(*is_needed));

    for (size_t i = 0; i < images->count; i++) {
        if (images->items[i].state != TARGET_SKIPPED)
            graph_walk_root(walk, images->items[i].entry->object, mark_needed, is_needed);
    }
    return is_needed;
}

static int
bring_objects(struct archiving *a, struct err *err)
{
    const struct archive_options *o = a->options;
    const struct plan *plan = &a->result->plan;
    size_t count = graph_member_count(plan->set.graph);
    const uint32_t *ids = graph_order(plan->set.graph);
    struct archive_job *jobs = xcalloc(count + 1, sizeof(*jobs));
    bool *is_needed = needed_objects(&a->result->images);
    struct pool *pool = pool_new(o->plan.run->jobs, &o->plan.run->cancel, err);
    int rc = pool ? 0 : -1;

    events_phase(&o->plan.run->events, "writing", plan->totals.bytes, EVENT_BYTES);
    for (size_t i = 0; pool && i < count; i++) {
        jobs[i] = (struct archive_job){
            .job.run = bring_object, .archiving = a, .object = ids[i]};
        if (is_needed[ids[i]])
            pool_add(pool, &jobs[i].job);
    }
    if (pool)
        rc = pool_wait(pool, err);
    pool_release(&pool);
    free(is_needed);
    free(jobs);
    return rc;
}

/* What is attached to an image that is skipped goes with it; subjects come first. */
static void
skip_attached(struct target_images *images)
{
    for (size_t i = 0; i < images->count; i++) {
        uint32_t subject = image_set_subject(images->set, images->items[i].entry);

        for (size_t k = 0; subject != GRAPH_NONE && k < images->count; k++) {
            if (images->items[k].entry->object == subject &&
                images->items[k].state == TARGET_SKIPPED)
                images->items[i].state = TARGET_SKIPPED;
        }
    }
}

/* ---- the whole ---- */

static int
fill_archive(struct archiving *a, struct err *err)
{
    const struct image_target *target = a->options->target;
    struct archive_result *r = a->result;

    if (name_images(r, a->options, err) < 0 ||
        target->begin(target->ctx, &r->images, err) < 0)
        return -1;
    if (a->options->skips)
        skip_attached(&r->images);
    if (bring_objects(a, err) < 0)
        return -1;
    r->written = a->written;
    r->present = a->present;
    r->bytes_written = a->bytes_written;
    r->bytes_present = a->bytes_present;
    return a->options->dry_run ? 0 : target->finish(target->ctx, err);
}

int
copy_to_archive(struct archive_result *out, const struct archive_options *options,
                struct err *err)
{
    struct archiving a = {.options = options, .result = out};
    struct copy_source planned = {&out->plan, options->plan.source,
                                  options->foreign_layers};

    if (plan_make(&out->plan, &options->plan, err) < 0)
        return -1;
    if (failures_count(out->plan.failures) > 0)
        return err_set(err, ERR_PARTIAL,
                       "%zu objects could not be fetched, so nothing was written",
                       failures_count(out->plan.failures));
    a.source = copy_source(&planned);
    return fill_archive(&a, err);
}

void
archive_result_release(struct archive_result *r)
{
    for (size_t i = 0; i < r->images.count; i++)
        free(r->images.items[i].name);
    free(r->images.items);
    plan_release(&r->plan);
    *r = (struct archive_result)ARCHIVE_RESULT_INIT;
}
