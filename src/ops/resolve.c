#include "config.h"
#include "ops/resolve.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* One name on its way to its document. */
struct resolve_job {
    struct pool_job job;
    const struct reference *ref;
    struct client *client;
    const struct events *events;
    struct resolved *out;
    bool is_resolved;
};

struct repository
resolve_repository(const struct reference *ref)
{
    return (struct repository){.host = ref->host, .path = ref->path};
}

int
resolve_wrap(struct err *err, const struct reference *ref)
{
    char name[REFERENCE_TEXT_MAX];

    reference_name(ref, name);
    return err_wrap(err, "%s", name);
}

static int
resolve(struct pool_job *base, unsigned worker, struct err *err)
{
    struct resolve_job *job = (struct resolve_job *)base;
    const struct reference *ref = job->ref;
    struct session *session = client_session(job->client, worker);
    struct repository repo = resolve_repository(ref);
    struct pulled *top = &job->out->top;
    int rc = ref->has_digest
                 ? pull_by_digest(session, &repo, &ref->digest, UINT64_MAX, top, err)
                 : pull_by_tag(session, &repo, ref->tag, top, err);

    if (rc < 0)
        return resolve_wrap(err, ref);
    job->out->size = top->bytes.len;
    job->is_resolved = true;
    events_done(job->events, 1);
    return 0;
}

static const struct digest *
known_digest(const struct resolve_job *job)
{
    return job->is_resolved ? &job->out->top.digest : &job->ref->digest;
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

/* One of the names holds the bytes; the others get their description. */
static void
take_from_twin(struct resolve_job *job, const struct resolve_job *twin)
{
    const struct pulled *top = &twin->out->top;

    job->out->top.digest = top->digest;
    memcpy(job->out->top.media_type, top->media_type, sizeof(top->media_type));
    job->out->size = twin->out->size;
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
resolve_names(struct resolved *out, const struct reference_list *names,
              struct client *client, struct pool *pool, const struct events *events,
              struct err *err)
{
    struct resolve_job *jobs = xcalloc(names->count, sizeof(*jobs));
    struct resolve_job **sorted = xcalloc(names->count, sizeof(*sorted));
    int rc;

    for (size_t i = 0; i < names->count; i++) {
        jobs[i] = (struct resolve_job){.job.run = resolve,
                                       .ref = &names->items[i],
                                       .client = client,
                                       .events = events,
                                       .out = &out[i]};
        sorted[i] = &jobs[i];
        if (!names->items[i].has_digest)
            pool_add(pool, &jobs[i].job);
    }
    rc = pool_wait(pool, err);
    if (rc == 0)
        rc = resolve_digests(sorted, names->count, pool, err);
    free(sorted);
    free(jobs);
    return rc;
}
