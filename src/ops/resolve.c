#include "config.h"
#include "ops/resolve.h"

#include "base/mem.h"
#include "registry/pull.h"

#include <stdlib.h>
#include <string.h>

/* One name on its way to its document. */
struct resolve_job {
    struct pool_job job;
    struct plan_name *name;
    const struct walk_options *options;
    bool is_resolved;
};

struct repository
resolve_repository(const struct reference *ref)
{
    return (struct repository){
        .host = ref->host, .path = ref->path, .by_digest = ref->has_digest};
}

int
resolve_wrap(struct err *err, const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    return err_wrap(err, "%s", name);
}

void
resolve_warn_large(const struct events *events, size_t len)
{
    if (len > DOCUMENT_WARN_BYTES)
        events_warning(events,
                       "a manifest is larger than %u MiB: many registries refuse that",
                       DOCUMENT_WARN_BYTES >> 20);
}

static int
resolve(struct pool_job *base, unsigned worker, struct err *err)
{
    struct resolve_job *job = (struct resolve_job *)base;
    struct plan_name *name = job->name;
    const struct reference *ref = &name->ref;
    struct session *session = client_session(job->options->client, worker);
    struct repository repo = resolve_repository(ref);
    CLEANUP(pulled_release) struct pulled top = PULLED_INIT;
    int rc = ref->has_digest
                 ? pull_by_digest(session, &repo, &ref->digest, UINT64_MAX, &top, err)
                 : pull_by_tag(session, &repo, ref->tag, &top, err);

    if (rc < 0)
        return resolve_wrap(err, ref);
    resolve_warn_large(job->options->events, top.bytes.len);
    name->digest = top.digest;
    name->size = top.bytes.len;
    memcpy(name->media_type, top.media_type, sizeof(top.media_type));
    job->is_resolved = true;
    events_done(job->options->events, 1);
    return shelf_put(job->options->shelf, &name->digest, buf_steal(&top.bytes),
                     (size_t)name->size, err);
}

static const struct digest *
known_digest(const struct resolve_job *job)
{
    return job->is_resolved ? &job->name->digest : &job->name->ref.digest;
}

/* Same digests side by side, whoever is resolved already first, then in the order given.
 */
static int
by_digest(const void *left, const void *right)
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

static bool
same_as_before(struct resolve_job *const *sorted, size_t i)
{
    return i > 0 && digest_equal(known_digest(sorted[i - 1]), known_digest(sorted[i]));
}

/* The document is on the shelf: only its description is missing. */
static void
take_from_twin(struct resolve_job *job, const struct resolve_job *twin)
{
    const struct plan_name *name = twin->name;

    job->name->digest = name->digest;
    job->name->size = name->size;
    memcpy(job->name->media_type, name->media_type, sizeof(name->media_type));
    job->is_resolved = true;
}

static int
resolve_digests(struct resolve_job **sorted, size_t count, struct pool *pool,
                struct err *err)
{
    qsort(sorted, count, sizeof(struct resolve_job *), by_digest);
    for (size_t i = 0; i < count; i++) {
        if (!sorted[i]->is_resolved && !same_as_before(sorted, i))
            pool_add(pool, &sorted[i]->job);
    }
    if (pool_wait(pool, err) < 0)
        return -1;
    for (size_t i = 1; i < count; i++) {
        if (!sorted[i]->is_resolved)
            take_from_twin(sorted[i], sorted[i - 1]);
    }
    return 0;
}

int
resolve_names(struct plan_name *names, size_t count, const struct walk_options *options,
              struct err *err)
{
    struct resolve_job *jobs = xcalloc(count, sizeof(*jobs));
    struct resolve_job **sorted = xcalloc(count, sizeof(*sorted));
    int rc;

    for (size_t i = 0; i < count; i++) {
        jobs[i] = (struct resolve_job){
            .job.run = resolve, .name = &names[i], .options = options};
        sorted[i] = &jobs[i];
        if (!names[i].ref.has_digest)
            pool_add(options->pool, &jobs[i].job);
    }
    rc = pool_wait(options->pool, err);
    if (rc == 0)
        rc = resolve_digests(sorted, count, options->pool, err);
    free(sorted);
    free(jobs);
    return rc;
}
