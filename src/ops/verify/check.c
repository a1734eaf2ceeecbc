/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/verify/check.h"

#include "base/mem.h"
#include "base/pool.h"
#include "bundle/reader/member_read.h"
#include "bundle/scan/scan.h"
#include "ops/verify/check_layers.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { UNPACKERS = 4 }; /* concurrent; those of zstd one at a time (tar_layer.c) */

struct checking {
    const struct bundle_content *content;
    const struct check_options *options;
    pthread_mutex_t lock; /* guards the list */
    struct damage_list *damage;
    bool *volumes; /* affected volumes; NULL for a single file */
};

struct check_job {
    struct pool_job job;
    struct checking *checking;
    size_t member;
    const struct layer_wish *wish; /* of a layer to unpack */
};

/* Callback of the scan.  Caller holds the lock. */
static void
keep_damage(void *ctx, const struct damage *damage)
{
    struct checking *c = ctx;
    size_t first, last;

    damage_note(c->damage, damage);
    if (!c->volumes ||
        !volumes_span(&c->content->file, damage->offset, damage->size, &first, &last))
        return;
    for (size_t i = first; i <= last && i <= c->content->file.count; i++)
        c->volumes[i - 1] = true;
}

/* Damage is recorded, any other error ends the check. */
static int
go_on(const struct check_job *job, int rc, struct err *err)
{
    struct checking *c = job->checking;
    struct damage damage;

    if (rc == 0)
        return 0;
    if (!check_is_damage(err))
        return -1;
    damage = damage_of_member(c->content, job->member, err);
    pthread_mutex_lock(&c->lock);
    keep_damage(c, &damage);
    pthread_mutex_unlock(&c->lock);
    *err = (struct err)ERR_INIT;
    return 0;
}

static int
hash_member(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct check_job *job = (const struct check_job *)base;
    const struct checking *c = job->checking;
    const struct body_check how = {.run = c->options->run,
                                   .in_place = c->options->in_place};

    (void)worker;
    return go_on(job, bundle_check_member(c->content, job->member, &how, err), err);
}

static int
unpack_layer(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct check_job *job = (const struct check_job *)base;
    const struct checking *c = job->checking;

    (void)worker;
    return go_on(job, check_layer(c->content, job->wish, c->options->run, err), err);
}

static void
tell_how_many(const struct damage_list *list, struct err *err)
{
    if (list->total > 1)
        err_wrap(err, "%zu damaged ranges, including", list->total);
}

/* The result of the whole check. */
static int
summarize_check(const struct checking *c, struct err *err)
{
    const struct damage_list *list = c->damage;

    if (list->total == 0)
        return 0;
    *err = list->worst.err;
    tell_how_many(list, err);
    if (c->volumes)
        volumes_advise(&c->content->file, c->volumes, err);
    return -1;
}

static int
run_jobs(struct checking *c, struct check_job *jobs, size_t count, unsigned workers,
         struct err *err)
{
    CLEANUP(pool_release)
    struct pool *pool = pool_new(workers, &c->options->run->cancel, err);

    if (!pool)
        return -1;
    for (size_t i = 0; i < count; i++) {
        jobs[i].checking = c;
        pool_add(pool, &jobs[i].job);
    }
    return pool_wait(pool, err);
}

/* More threads than cores would only cause seeks; one reads while another hashes. */
static unsigned
hashers(unsigned jobs)
{
    unsigned most = 2;
    cpu_set_t cores;

    if (sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 2)
        most = (unsigned)CPU_COUNT(&cores);
    return jobs < most ? jobs : most;
}

/* In file order, which suits disks; largest first would gain little. */
static int
hash_members(struct checking *c, struct err *err)
{
    size_t count = c->content->member_count;
    struct check_job *jobs = xcalloc(count, sizeof(*jobs));
    int rc;

    events_phase(&c->options->run->events, "verifying", c->content->total, EVENT_BYTES);
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct check_job){.job.run = hash_member, .member = i};
    rc = run_jobs(c, jobs, count, hashers(c->options->run->jobs), err);
    free(jobs);
    return rc;
}

static int
unpack_layers(struct checking *c, struct err *err)
{
    unsigned workers =
        c->options->run->jobs < UNPACKERS ? c->options->run->jobs : UNPACKERS;
    struct layer_wish *wishes = NULL;
    struct check_job *jobs;
    uint64_t bytes = 0;
    size_t count;
    int rc;

    if (check_gather_layers(c->content, &wishes, &count, c->damage, err) < 0)
        return -1;
    jobs = xcalloc(count, sizeof(*jobs));
    for (size_t i = 0; i < count; i++) {
        jobs[i] = (struct check_job){
            .job.run = unpack_layer, .member = wishes[i].member, .wish = &wishes[i]};
        bytes += c->content->members[wishes[i].member].size;
    }
    events_phase(&c->options->run->events, "unpacking layers", bytes, EVENT_BYTES);
    rc = run_jobs(c, jobs, count, workers, err);
    free(jobs);
    free(wishes);
    return rc;
}

static void
checking_begin(struct checking *c, const struct volumes *file)
{
    pthread_mutex_init(&c->lock, NULL);
    c->volumes = file->fds ? xcalloc(file->count, sizeof(*c->volumes)) : NULL;
}

static void
checking_end(struct checking *c)
{
    pthread_mutex_destroy(&c->lock);
    free(c->volumes);
}

int
check_members(const struct bundle_content *content, const struct check_options *o,
              struct damage_list *out, struct err *err)
{
    CLEANUP(checking_end)
    struct checking checking = {.content = content, .options = o, .damage = out};
    int rc;

    checking_begin(&checking, &content->file);
    rc = hash_members(&checking, err);
    if (rc == 0 && o->layers && out->total == 0) /* damaged layers cannot be unpacked */
        rc = unpack_layers(&checking, err);
    return rc < 0 ? -1 : summarize_check(&checking, err);
}

/* ---- bundles that cannot be opened ---- */

bool
check_is_damage(const struct err *err)
{
    return err->kind == ERR_INTEGRITY || err->kind == ERR_LOCAL;
}

static int
scan_and_hash(struct checking *c, const struct check_survey *survey, struct err *err)
{
    const struct check_options *o = c->options;
    const struct scan_options options = {
        .note = keep_damage, .ctx = c, .cancel = &o->run->cancel};
    struct scan_bound bound = {.left = CHECK_UNTRUSTED_MAX};
    struct bundle_content content = {.file = *survey->file};
    int rc;

    c->content = &content;
    events_phase(&o->run->events, "looking for damage", 0, EVENT_BYTES);
    rc = survey->head
             ? bundle_scan(&content, survey->head, survey->admission, &options, err)
             : bundle_scan_names(&content, *survey->file, &options, &bound, err);
    c->damage->is_cut_short = bound.is_reached;
    c->damage->unexamined = bound.from;
    if (rc == 0 && content.member_count > 0)
        events_warning(&o->run->events,
                       "the expected content of this file is unknown: its %zu objects "
                       "were compared with the digests in their names",
                       content.member_count);
    if (rc >= 0)
        rc = hash_members(c, err);
    bundle_scan_release(&content);
    c->content = NULL;
    return rc;
}

/* Whether its hint says more than which volumes to copy again: which there should be, or
 * how to cut off zeros. */
static bool
has_better_hint(const struct err *err, const struct damage_list *damage)
{
    return err->hint[0] != '\0' &&
           (err->reason == REASON_MISSING || err->reason == REASON_TRUNCATED ||
            (err->reason == REASON_TRAILING && damage->total == 1));
}

int
check_damaged(const struct check_survey *survey, const struct check_options *o,
              struct damage_list *out, struct err *err)
{
    CLEANUP(checking_end) struct checking checking = {.options = o, .damage = out};
    struct err found = ERR_INIT;

    checking_begin(&checking, survey->file);
    if (scan_and_hash(&checking, survey, &found) < 0) {
        if (found.kind == ERR_SIGNAL)
            *err = found;
        return -1;
    }
    if (out->total == 0)
        return -1;
    if (err->kind == ERR_LOCAL && out->worst.err.kind == ERR_INTEGRITY)
        *err = out->worst.err; /* damage more severe than the error that ended reading */
    if (!check_is_damage(err))
        return -1;
    tell_how_many(out, err);
    if (checking.volumes && !has_better_hint(err, out))
        volumes_advise(survey->file, checking.volumes, err);
    return bundle_advise(err);
}
