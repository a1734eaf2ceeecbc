/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/pool.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 512 * 1024 };

struct pool {
    struct cancel *cancel; /* borrowed */
    pthread_mutex_t lock;  /* guards all members below except threads */
    pthread_cond_t work;   /* a job was added, or quit */
    pthread_cond_t idle;   /* running and queue may both be empty now */
    struct pool_job *first, **last;
    unsigned running;
    bool quit, failed;
    struct err err; /* of the first failure */
    unsigned started, numbered;
    pthread_t threads[POOL_WORKERS_MAX];
};

static void
record_failure(struct pool *pool, const struct err *err)
{
    if (!pool->failed) {
        pool->failed = true;
        pool->err = *err;
    }
    pool->first = NULL;
    pool->last = &pool->first;
    cancel_request(pool->cancel);
}

static void
run_one(struct pool *pool, unsigned worker)
{
    struct pool_job *job = pool->first;
    struct err err = ERR_INIT;
    int rc;

    pool->first = job->next;
    if (!pool->first)
        pool->last = &pool->first;
    pool->running++;
    pthread_mutex_unlock(&pool->lock);
    rc = cancel_wanted(pool->cancel) ? cancel_error(&err) : job->run(job, worker, &err);
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    if (rc < 0)
        record_failure(pool, &err);
    if (pool->running == 0 && !pool->first)
        pthread_cond_broadcast(&pool->idle);
}

static void *
worker_main(void *arg)
{
    struct pool *pool = arg;
    unsigned self;

    pthread_mutex_lock(&pool->lock);
    self = pool->numbered++;
    while (!pool->quit) {
        if (pool->first)
            run_one(pool, self);
        else
            pthread_cond_wait(&pool->work, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int
pool_thread(pthread_t *out, void *(*run)(void *arg), void *arg)
{
    pthread_attr_t attr;
    int rc;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    rc = pthread_create(out, &attr, run, arg);
    pthread_attr_destroy(&attr);
    return rc;
}

struct pool *
pool_new(unsigned workers, struct cancel *cancel, struct err *err)
{
    struct pool *pool = xcalloc(1, sizeof(*pool));
    int rc = 0;

    pool->cancel = cancel;
    pool->last = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->idle, NULL);
    while (rc == 0 && pool->started < workers && pool->started < POOL_WORKERS_MAX) {
        rc = pool_thread(&pool->threads[pool->started], worker_main, pool);
        if (rc == 0)
            pool->started++;
    }
    if (pool->started == 0) { /* fewer threads than requested is slower, not wrong */
        err_set(err, ERR_LOCAL, "cannot start a worker thread: %s", strerror(rc));
        pool_free(pool);
        return NULL;
    }
    return pool;
}

void
pool_add(struct pool *pool, struct pool_job *job)
{
    pthread_mutex_lock(&pool->lock);
    if (!pool->failed) {
        job->next = NULL;
        *pool->last = job;
        pool->last = &job->next;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
}

int
pool_wait(struct pool *pool, struct err *err)
{
    bool failed;

    pthread_mutex_lock(&pool->lock);
    while (pool->running > 0 || pool->first)
        pthread_cond_wait(&pool->idle, &pool->lock);
    failed = pool->failed;
    if (failed)
        *err = pool->err;
    pthread_mutex_unlock(&pool->lock);
    if (cancel_signal() != 0)
        return cancel_error(err);
    return failed ? -1 : 0;
}

void
pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->quit = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void
pool_release(struct pool **pool)
{
    pool_free(*pool);
    *pool = NULL;
}
