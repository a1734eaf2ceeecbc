/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/resolve.h"

#include "base/mem.h"
#include "ops/plan/plan_name.h"

#include <stdlib.h>
#include <string.h>

/* A name being resolved. */
struct resolve_job {
    struct pool_job job;
    struct plan_name *name;
    const struct walk_options *options;
    bool is_resolved;
    struct err *failure; /* owned; NULL unless it was requested and failed */
};

int
resolve_wrap_place(struct err *err, const struct walk_options *options,
                   const struct reference *ref)
{
    plan_name_wrap(err, ref);
    return reference_place_wrap(err, reference_list_place(options->names, ref));
}

void
resolve_note(const struct walk_options *options, const struct reference *ref,
             const struct err *failure, struct err_list *bad)
{
    struct err err = *failure;

    if (failures_note_name(options->failures, ref, &err) < 0)
        err_list_add(bad, &err);
}

static int
resolve(struct pool_job *base, unsigned worker, struct err *err)
{
    struct resolve_job *job = (struct resolve_job *)base;
    struct plan_name *name = job->name;
    const struct reference *ref = &name->ref;
    const struct image_source *source = job->options->source;
    CLEANUP(image_document_release) struct image_document top = IMAGE_DOCUMENT_INIT;

    if (source->resolve(source->ctx, worker, ref, &top, err) < 0) {
        resolve_wrap_place(err, job->options, ref);
        /* Another name may lead to the same document, and others may fail, too. */
        return failures_keep(&job->failure, err);
    }
    document_warn_large(&job->options->run->events, top.bytes.len);
    name->digest = top.digest;
    name->size = top.bytes.len;
    memcpy(name->media_type, top.media_type, sizeof(top.media_type));
    job->is_resolved = true;
    events_done(&job->options->run->events, 1);
    return document_cache_put(job->options->cache, &name->digest, buf_steal(&top.bytes),
                              (size_t)name->size, err);
}

static const struct digest *
known_digest(const struct resolve_job *job)
{
    return job->is_resolved ? &job->name->digest : &job->name->ref.digest;
}

/* Equal digests next to each other, resolved ones first, then in the given order. */
static int
compare_resolved(const void *left, const void *right)
{
    const struct resolve_job *a = *(struct resolve_job *const *)left;
    const struct resolve_job *b = *(struct resolve_job *const *)right;
    int order = digest_compare(known_digest(a), known_digest(b));

    if (order != 0)
        return order;
    if (a->is_resolved != b->is_resolved)
        return a->is_resolved ? -1 : 1;
    return a < b ? -1 : 1;
}

/* The document is in the cache: only its description is missing. */
static void
take_from_twin(struct resolve_job *job, const struct resolve_job *twin)
{
    const struct plan_name *name = twin->name;

    job->name->digest = name->digest;
    job->name->size = name->size;
    memcpy(job->name->media_type, name->media_type, sizeof(name->media_type));
    job->is_resolved = true;
}

/* The first after `from` with another digest. */
static size_t
end_of_twins(struct resolve_job *const *sorted, size_t from, size_t count)
{
    size_t i = from;

    while (i < count && digest_equal(known_digest(sorted[from]), known_digest(sorted[i])))
        i++;
    return i;
}

/* For each digest not fetched yet, request it by the first name not tried. */
static bool
ask_for_digests(struct resolve_job **sorted, size_t count, struct pool *pool)
{
    bool asks = false;

    qsort(sorted, count, sizeof(struct resolve_job *), compare_resolved);
    for (size_t i = 0, end; i < count; i = end) {
        size_t next = i;

        end = end_of_twins(sorted, i, count);
        while (next < end && sorted[next]->failure)
            next++;
        if (sorted[i]->is_resolved || next == end)
            continue;
        pool_add(pool, &sorted[next]->job);
        asks = true;
    }
    return asks;
}

static int
resolve_digests(struct resolve_job **sorted, size_t count, struct pool *pool,
                struct err *err)
{
    while (ask_for_digests(sorted, count, pool)) {
        if (pool_wait(pool, err) < 0)
            return -1;
    }
    for (size_t i = 1; i < count; i++) {
        if (!sorted[i]->is_resolved && sorted[i - 1]->is_resolved &&
            digest_equal(known_digest(sorted[i - 1]), known_digest(sorted[i])))
            take_from_twin(sorted[i], sorted[i - 1]);
    }
    return 0;
}

/* In the order of the names. */
static void
note_failures(struct resolve_job *jobs, size_t count, struct err_list *bad)
{
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].is_resolved)
            continue;
        jobs[i].name->is_lost = true;
        resolve_note(jobs[i].options, &jobs[i].name->ref, jobs[i].failure, bad);
    }
}

int
resolve_names(struct plan_name *names, size_t count, const struct walk_options *options,
              struct err_list *bad, struct err *err)
{
    struct resolve_job *jobs = xcalloc(count, sizeof(*jobs));
    struct resolve_job **sorted = xcalloc(count, sizeof(*sorted));
    size_t digests = 0;
    int rc;

    for (size_t i = 0; i < count; i++) {
        jobs[i] = (struct resolve_job){
            .job.run = resolve, .name = &names[i], .options = options};
        if (!names[i].ref.has_digest)
            pool_add(options->pool, &jobs[i].job);
    }
    rc = pool_wait(options->pool, err);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].is_resolved || names[i].ref.has_digest)
            sorted[digests++] = &jobs[i];
    }
    if (rc == 0)
        rc = resolve_digests(sorted, digests, options->pool, err);
    if (rc == 0)
        note_failures(jobs, count, bad);
    for (size_t i = 0; i < count; i++)
        free(jobs[i].failure);
    free(sorted);
    free(jobs);
    return rc;
}
