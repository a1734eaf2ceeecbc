#include "config.h"
#include "ops/check.h"

#include "base/mem.h"
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

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
};

void
damage_list_release(struct damage_list *list)
{
    free(list->items);
    *list = (struct damage_list){.items = NULL};
}

/* Keep the list sorted; a worker may find the first damage last. */
static void
note(struct checking *c, size_t member, const struct err *err)
{
    struct damage_list *list = c->damage;
    size_t at;

    pthread_mutex_lock(&c->lock);
    list->total++;
    if (!list->items)
        list->items = xcalloc(DAMAGE_MAX, sizeof(*list->items));
    if (list->count < DAMAGE_MAX) {
        at = list->count++;
        while (at > 0 && list->items[at - 1].member > member) {
            list->items[at] = list->items[at - 1];
            at--;
        }
        list->items[at] = (struct damage){.member = member, .err = *err};
    }
    pthread_mutex_unlock(&c->lock);
}

static int
check_member(struct pool_job *base, unsigned worker, struct err *err)
{
    const struct check_job *job = (const struct check_job *)base;
    struct checking *c = job->checking;

    (void)worker;
    if (bundle_check_member(c->content, job->member, c->options->cancel,
                            c->options->events, err) == 0)
        return 0;
    if (err->kind != ERR_INTEGRITY && err->kind != ERR_LOCAL)
        return -1;
    note(c, job->member, err);
    *err = (struct err)ERR_INIT;
    return 0;
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

/* Largest first would save little: members stand in file order, which disks like. */
int
check_members(const struct bundle_content *content, const struct check_options *o,
              struct damage_list *out, struct err *err)
{
    struct checking checking = {.content = content, .options = o, .damage = out};
    CLEANUP(pool_release) struct pool *pool = pool_new(o->jobs, o->cancel, err);
    struct check_job *jobs;
    int rc;

    if (!pool)
        return -1;
    pthread_mutex_init(&checking.lock, NULL);
    events_phase(o->events, "verifying", content->total, EVENT_BYTES);
    jobs = xcalloc(content->member_count, sizeof(*jobs));
    for (size_t i = 0; i < content->member_count; i++) {
        jobs[i] = (struct check_job){
            .job.run = check_member, .checking = &checking, .member = i};
        pool_add(pool, &jobs[i].job);
    }
    rc = pool_wait(pool, err);
    pool_release(&pool); /* before the jobs go */
    free(jobs);
    pthread_mutex_destroy(&checking.lock);
    return rc < 0 ? -1 : sum_up(out, err);
}
