/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - N workers take jobs from one queue, first in, first out.
 *
 * A job is a struct whose first member is struct pool_job; the code that adds it owns it
 * and keeps it alive until pool_wait() returns.  Jobs may add jobs.  The first failure
 * stops the pool: jobs not yet started are dropped, running ones see cancel_wanted().
 *
 * Layer: base.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/cancel.h"

#include <pthread.h>

#define POOL_WORKERS_MAX 64

struct pool_job {
    /* worker: 0 .. workers-1, the index of the thread, for state that each one owns. */
    int (*run)(struct pool_job *job, unsigned worker, struct err *err);
    struct pool_job *next; /* owned by the pool */
};

struct pool;

/* Start the threads.  cancel is borrowed.  NULL when no thread can be started. */
struct pool *pool_new(unsigned workers, struct cancel *cancel, struct err *err);
void pool_add(struct pool *pool, struct pool_job *job);

/*
 * Wait until the queue is empty and no job runs.  The pool can be used again after 0.
 * Returns: 0, or -1 with the first failure (a signal counts as one).
 */
MUST_USE int pool_wait(struct pool *pool, struct err *err);

/* Start a thread as those of pools are, with a small stack.  0 or an errno. */
MUST_USE int pool_thread(pthread_t *out, void *(*run)(void *arg), void *arg);

/* Stop and join the threads.  NULL is allowed. */
void pool_free(struct pool *pool);
void pool_release(struct pool **pool); /* for CLEANUP */

#endif
