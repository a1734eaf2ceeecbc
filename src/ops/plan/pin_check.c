/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/pin_check.h"

#include "base/mem.h"

#include <stdlib.h>

struct pin_job {
    struct pool_job job;
    const struct reference *ref;
    const struct walk_options *options;
    bool is_moved;
    struct digest now;
};

static int
ask_tag(struct pool_job *base, unsigned worker, struct err *err)
{
    struct pin_job *job = (struct pin_job *)base;
    const struct image_source *source = job->options->source;
    CLEANUP(image_document_release) struct image_document top = IMAGE_DOCUMENT_INIT;
    struct reference bare = *job->ref;

    bare.has_digest = false;
    if (source->resolve(source->ctx, worker, &bare, &top, err) < 0) {
        if (!failures_is_gap(err))
            return -1;
        *err = (struct err)ERR_INIT;
        return 0;
    }
    job->is_moved = !digest_equal(&top.digest, &job->ref->digest);
    job->now = top.digest;
    return 0;
}

static void
warn_moved(const struct pin_job *job)
{
    char name[REFERENCE_TEXT_MAX], now[DIGEST_TEXT_MAX], pinned[DIGEST_TEXT_MAX];

    reference_name(job->ref, name);
    digest_text(&job->now, now);
    digest_text(&job->ref->digest, pinned);
    events_warning(&job->options->run->events,
                   "%s is given with and without a digest: carrying %s, but the tag now "
                   "refers to %s",
                   name, pinned, now);
}

int
pin_check(const struct plan_name *names, size_t count, const struct walk_options *options,
          struct err *err)
{
    struct pin_job *jobs = xcalloc(count, sizeof(*jobs));
    int rc;

    for (size_t i = 0; i < count; i++) {
        const struct reference *ref = &names[i].ref;
        const struct reference_place *place = reference_list_place(options->names, ref);

        jobs[i] = (struct pin_job){.job.run = ask_tag, .ref = ref, .options = options};
        if (place && place->has_bare && ref->has_digest && ref->tag[0] != '\0')
            pool_add(options->pool, &jobs[i].job);
    }
    rc = pool_wait(options->pool, err);
    for (size_t i = 0; i < count; i++) {
        if (rc == 0 && jobs[i].is_moved)
            warn_moved(&jobs[i]);
    }
    free(jobs);
    return rc;
}
