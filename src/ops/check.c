#include "config.h"
#include "ops/check_internal.h"

#include "base/mem.h"
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { UNPACKERS = 4 }; /* at a time: each may want 128 MiB for a window of zstd */

struct checking {
    const struct bundle_content *content;
    const struct check_options *options;
    pthread_mutex_t lock; /* guards the list */
    struct damage_list *damage;
};

struct check_job {
    struct pool_job job;
    struct checking *checking;
    size_t member;
    const struct layer_wish *wish; /* of a layer that is unpacked */
};

void
damage_list_release(struct damage_list *list)
{
    free(list->items);
    *list = (struct damage_list){.items = NULL};
}

void
damage_list_clip(struct damage_list *list, size_t member_count)
{
    while (list->count > 0 && list->items[list->count - 1].member >= member_count)
        list->count--;
}

/* A worker may find the first damage last. */
void
damage_note(struct damage_list *list, size_t member, const struct err *err)
{
    size_t at;

    list->total++;
    if (!list->items)
        list->items = xcalloc(DAMAGE_MAX, sizeof(*list->items));
    if (list->count == DAMAGE_MAX)
        return;
    at = list->count++;
    while (at > 0 && list->items[at - 1].member > member) {
        list->items[at] = list->items[at - 1];
        at--;
    }
    list->items[at] = (struct damage){.member = member, .err = *err};
}

/* Damage is noted, anything else ends the check. */
static int
go_on(const struct check_job *job, int rc, struct err *err)
{
    struct checking *c = job->checking;

    if (rc == 0)
        return 0;
    if (err->kind != ERR_INTEGRITY && err->kind != ERR_LOCAL)
        return -1;
    pthread_mutex_lock(&c->lock);
    damage_note(c->damage, job->member, err);
    pthread_mutex_unlock(&c->lock);
    *err = (struct err)ERR_INIT;
    return 0;
}

static int
hash_member(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct check_job *job = (const struct check_job *)base;
    const struct checking *c = job->checking;
    const struct body_check how = {.cancel = c->options->cancel,
                                   .progress = c->options->events,
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
    return go_on(job, check_layer(c->content, job->wish, c->options, err), err);
}

/* What the run as a whole says. */
static int
sum_up(const struct damage_list *list, struct err *err)
{
    const struct damage *worst = list->items;

    if (list->total == 0)
        return 0;
    for (size_t i = list->count; i-- > 0;) {
        if (list->items[i].err.kind == ERR_INTEGRITY)
            worst = &list->items[i];
    }
    *err = worst->err;
    return list->total > 1
               ? err_wrap(err, "%zu objects are damaged, one of them", list->total)
               : -1;
}

static int
run_jobs(struct checking *c, struct check_job *jobs, size_t count, unsigned workers,
         struct err *err)
{
    CLEANUP(pool_release) struct pool *pool = pool_new(workers, c->options->cancel, err);

    if (!pool)
        return -1;
    for (size_t i = 0; i < count; i++) {
        jobs[i].checking = c;
        pool_add(pool, &jobs[i].job);
    }
    return pool_wait(pool, err);
}

/* More than cores would only make a disk jump; one reads while another hashes. */
static unsigned
hashers(unsigned jobs)
{
    unsigned most = 2;
    cpu_set_t cores;

    if (sched_getaffinity(0, sizeof(cores), &cores) == 0 && CPU_COUNT(&cores) > 2)
        most = (unsigned)CPU_COUNT(&cores);
    return jobs < most ? jobs : most;
}

/* Largest first would save little: members stand in file order, which disks like. */
static int
hash_members(struct checking *c, struct err *err)
{
    size_t count = c->content->member_count;
    struct check_job *jobs = xcalloc(count, sizeof(*jobs));
    int rc;

    events_phase(c->options->events, "verifying", c->content->total, EVENT_BYTES);
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct check_job){.job.run = hash_member, .member = i};
    rc = run_jobs(c, jobs, count, hashers(c->options->jobs), err);
    free(jobs);
    return rc;
}

static int
unpack_layers(struct checking *c, struct err *err)
{
    unsigned workers = c->options->jobs < UNPACKERS ? c->options->jobs : UNPACKERS;
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
    events_phase(c->options->events, "unpacking layers", bytes, EVENT_BYTES);
    rc = run_jobs(c, jobs, count, workers, err);
    free(jobs);
    free(wishes);
    return rc;
}

int
check_members(const struct bundle_content *content, const struct check_options *o,
              struct damage_list *out, struct err *err)
{
    struct checking checking = {.content = content, .options = o, .damage = out};
    int rc;

    pthread_mutex_init(&checking.lock, NULL);
    rc = hash_members(&checking, err);
    if (rc == 0 && o->layers && out->total == 0) /* damaged ones cannot be unpacked */
        rc = unpack_layers(&checking, err);
    pthread_mutex_destroy(&checking.lock);
    return rc < 0 ? -1 : sum_up(out, err);
}
