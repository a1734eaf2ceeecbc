/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/plan/tag_expand.h"

#include "base/mem.h"
#include "base/text.h"
#include "ops/plan/resolve.h"

#include <stdlib.h>
#include <string.h>

/* One repository and its tags. */
struct expand_job {
    struct pool_job job;
    const struct reference *ref;
    const struct tag_filter *pattern;
    const struct walk_options *options;
    char **tags;
    size_t count, cap;
    size_t lists;        /* number of tags that are lists of referrers */
    struct err *failure; /* owned; NULL: there was none */
};

static int
add_tag(void *ctx, const char *tag, struct err *err)
{
    struct expand_job *job = ctx;

    if (job->pattern && !tag_filter_matches(job->pattern, tag))
        return 0;
    if (tag_is_referrers_list(tag)) {
        job->lists++;
        return 0;
    }
    if (job->pattern && job->count == REFERENCE_LIST_MAX)
        job->count = tag_filter_latest(job->pattern, job->tags, job->count);
    if (job->count == REFERENCE_LIST_MAX)
        return err_set(err, ERR_LIMIT, "more than %d tags to export", REFERENCE_LIST_MAX);
    job->tags = mem_grow(job->tags, job->count, &job->cap, sizeof(*job->tags));
    job->tags[job->count++] = xstrdup(tag);
    return 0;
}

static int
compare_tags(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A partial list is not used. */
static int
drop_repository(struct expand_job *job, struct err *err)
{
    resolve_wrap_place(err, job->options, job->ref);
    if (failures_keep(&job->failure, err) < 0)
        return -1;
    while (job->count > 0)
        free(job->tags[--job->count]);
    return 0;
}

static int
expand(struct pool_job *base, unsigned worker, struct err *err)
{
    struct expand_job *job = (struct expand_job *)base;
    const struct image_source *source = job->options->source;
    const struct name_sink sink = {.take = add_tag, .ctx = job};
    char lists[TEXT_COUNT_MAX];
    int rc = source->list_tags(source->ctx, worker, job->ref, &sink, err);

    if (rc == 0 && job->pattern)
        job->count = tag_filter_latest(job->pattern, job->tags, job->count);
    if (rc == 0 && job->count == 0)
        rc = err_set(err, ERR_NOT_FOUND, job->pattern ? "no tag matches" : "no tags");
    if (rc < 0)
        return drop_repository(job, err);
    if (job->lists > 0 && !job->options->has_referrers)
        events_warning(
            &job->options->run->events, "%s/%s: this export leaves out %s of referrers",
            job->ref->host, job->ref->path,
            text_count(lists, job->lists, "tag that is a list", "tags that are lists"));
    qsort(job->tags, job->count, sizeof(*job->tags), compare_tags);
    events_done(&job->options->run->events, 1);
    return 0;
}

/* The names in order, with each repository replaced by its tags. */
static int
gather_tags(struct reference_list *out, const struct reference_list *names,
            const struct expand_job *jobs, struct err *err)
{
    for (size_t i = 0; i < names->count; i++) {
        struct reference ref = names->items[i];

        if (!reference_is_repository(&ref) &&
            reference_list_add_parsed(out, &ref, NULL, err) < 0)
            return -1;
        for (size_t k = 0; k < jobs[i].count; k++) {
            memcpy(ref.tag, jobs[i].tags[k], strlen(jobs[i].tags[k]) + 1);
            if (reference_list_add_parsed(out, &ref, NULL, err) < 0)
                return -1;
        }
    }
    return 0;
}

static void
note_repositories(const struct expand_job *jobs, size_t count, struct err_list *bad)
{
    for (size_t i = 0; i < count; i++) {
        if (!jobs[i].failure)
            continue;
        resolve_note(jobs[i].options, jobs[i].ref, jobs[i].failure, bad);
        if (jobs[i].options->failures)
            failures_miss(jobs[i].options->failures, jobs[i].ref);
    }
}

static void
free_jobs(struct expand_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < jobs[i].count; k++)
            free(jobs[i].tags[k]);
        free(jobs[i].tags);
        free(jobs[i].failure);
    }
    free(jobs);
}

int
tag_expand(struct reference_list *out, const struct reference_list *names,
           const struct tag_filter *pattern, const struct walk_options *options,
           struct err_list *bad, struct err *err)
{
    struct expand_job *jobs = xcalloc(names->count, sizeof(*jobs));
    int rc;

    for (size_t i = 0; i < names->count; i++) {
        jobs[i] = (struct expand_job){.job.run = expand,
                                      .ref = &names->items[i],
                                      .pattern = pattern,
                                      .options = options};
        if (reference_is_repository(&names->items[i]))
            pool_add(options->pool, &jobs[i].job);
    }
    rc = pool_wait(options->pool, err);
    if (rc == 0)
        note_repositories(jobs, names->count, bad);
    if (rc == 0)
        rc = gather_tags(out, names, jobs, err);
    free_jobs(jobs, names->count);
    return rc;
}
