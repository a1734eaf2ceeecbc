/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Shared by the jobs of a test. */
struct shared {
    struct pool *pool;
    struct cancel cancel;
    pthread_mutex_t lock;
    pthread_barrier_t barrier;
    unsigned ran, highest_worker;
    char order[64]; /* a letter for each job that ran */
};

struct work {
    struct pool_job job;
    struct shared *shared;
    char letter;
    unsigned depth; /* how many generations of jobs it adds */
    struct work *children;
};

static void
shared_open(struct shared *s, unsigned workers)
{
    struct err err = ERR_INIT;

    memset(s, 0, sizeof(*s));
    pthread_mutex_init(&s->lock, NULL);
    s->pool = pool_new(workers, &s->cancel, &err);
    assert_non_null(s->pool);
}

static void
shared_release(struct shared *s)
{
    pool_release(&s->pool);
    pthread_mutex_destroy(&s->lock);
}

static int
note(struct pool_job *job, unsigned worker, struct err *err)
{
    struct work *w = (struct work *)(void *)job;

    (void)err;
    pthread_mutex_lock(&w->shared->lock);
    if (w->letter != 0)
        w->shared->order[w->shared->ran] = w->letter;
    w->shared->ran++;
    if (worker > w->shared->highest_worker)
        w->shared->highest_worker = worker;
    pthread_mutex_unlock(&w->shared->lock);
    return 0;
}

static int
break_down(struct pool_job *job, unsigned worker, struct err *err)
{
    note(job, worker, err);
    return err_because(err, ERR_INTEGRITY, REASON_DIGEST, "job %c failed",
                       ((struct work *)(void *)job)->letter);
}

static void
runs_jobs_once_in_order(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work jobs[26];
    struct err err = ERR_INIT;

    (void)state;
    shared_open(&s, 1);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] =
            (struct work){.job = {.run = note}, .shared = &s, .letter = 'a' + (char)i};
        pool_add(s.pool, &jobs[i].job);
    }
    assert_int_equal(pool_wait(s.pool, &err), 0);
    assert_string_equal(s.order, "abcdefghijklmnopqrstuvwxyz");
    assert_int_equal(s.highest_worker, 0);
    assert_int_equal(err.kind, ERR_NONE);
}

static void
waits_for_nothing_when_idle(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct err err = ERR_INIT;

    (void)state;
    shared_open(&s, 3);
    assert_int_equal(pool_wait(s.pool, &err), 0);
    assert_int_equal(pool_wait(s.pool, &err), 0);
}

/* Returns only when as many jobs as the barrier counts are inside at the same time. */
static int
meet(struct pool_job *job, unsigned worker, struct err *err)
{
    pthread_barrier_wait(&((struct work *)(void *)job)->shared->barrier);
    return note(job, worker, err);
}

static void
runs_workers_concurrently(void **state)
{
    enum { WORKERS = 5 };
    CLEANUP(shared_release) struct shared s;
    struct work jobs[2 * WORKERS];
    struct err err = ERR_INIT;

    (void)state;
    alarm(60); /* instead of hanging for ever */
    shared_open(&s, WORKERS);
    pthread_barrier_init(&s.barrier, NULL, WORKERS);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){.job = {.run = meet}, .shared = &s};
        pool_add(s.pool, &jobs[i].job);
    }
    assert_int_equal(pool_wait(s.pool, &err), 0);
    assert_int_equal(s.ran, 2 * WORKERS);
    assert_int_equal(s.highest_worker, WORKERS - 1);
    pthread_barrier_destroy(&s.barrier);
    alarm(0);
}

static void
limits_the_number_of_workers(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work jobs[POOL_WORKERS_MAX];
    struct err err = ERR_INIT;

    (void)state;
    alarm(60);
    shared_open(&s, 10000);
    pthread_barrier_init(&s.barrier, NULL, POOL_WORKERS_MAX);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){.job = {.run = meet}, .shared = &s};
        pool_add(s.pool, &jobs[i].job);
    }
    assert_int_equal(pool_wait(s.pool, &err), 0);
    assert_int_equal(s.highest_worker, POOL_WORKERS_MAX - 1);
    pthread_barrier_destroy(&s.barrier);
    alarm(0);
}

static int
multiply(struct pool_job *job, unsigned worker, struct err *err)
{
    struct work *w = (struct work *)(void *)job;

    if (w->depth > 0) {
        w->children = calloc(3, sizeof(*w->children));
        assert_non_null(w->children);
        for (size_t i = 0; i < 3; i++) {
            w->children[i] = (struct work){
                .job = {.run = multiply}, .shared = w->shared, .depth = w->depth - 1};
            pool_add(w->shared->pool, &w->children[i].job);
        }
    }
    return note(job, worker, err);
}

static void
free_children(struct work *w)
{
    for (size_t i = 0; w->children && i < 3; i++)
        free_children(&w->children[i]);
    free(w->children);
}

static void
jobs_may_add_jobs(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct err err = ERR_INIT;

    (void)state;
    shared_open(&s, 4);
    for (unsigned round = 1; round <= 3; round++) { /* the pool can be used again */
        struct work root = {.job = {.run = multiply}, .shared = &s, .depth = 5};

        pool_add(s.pool, &root.job);
        assert_int_equal(pool_wait(s.pool, &err), 0);
        assert_int_equal(s.ran, round * (1 + 3 + 9 + 27 + 81 + 243));
        free_children(&root);
    }
}

static void
stops_at_the_first_failure(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work jobs[5], late;
    struct err err = ERR_INIT;

    (void)state;
    shared_open(&s, 1);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){.job = {.run = i == 0 || i == 3 ? note : break_down},
                                .shared = &s,
                                .letter = 'a' + (char)i};
    }
    for (size_t i = 0; i < COUNT_OF(jobs); i++)
        pool_add(s.pool, &jobs[i].job);
    assert_int_equal(pool_wait(s.pool, &err), -1);
    assert_int_equal(err.kind, ERR_INTEGRITY);
    assert_string_equal(err_reason_word(err.reason), "digest");
    assert_string_equal(err.msg, "job b failed");
    assert_string_equal(s.order, "ab");
    assert_true(cancel_wanted(&s.cancel));

    late = (struct work){.job = {.run = note}, .shared = &s, .letter = 'z'};
    pool_add(s.pool, &late.job);
    assert_int_equal(pool_wait(s.pool, &err), -1);
    assert_string_equal(err.msg, "job b failed");
    assert_string_equal(s.order, "ab");
}

/* Works until told to stop; its own error must not hide the reason. */
static int
work_until_cancelled(struct pool_job *job, unsigned worker, struct err *err)
{
    struct work *w = (struct work *)(void *)job;

    pthread_barrier_wait(&w->shared->barrier);
    if (cancel_sleep(&w->shared->cancel, 60000, err) == 0)
        return 0;
    note(job, worker, err);
    return -1;
}

static int
meet_and_break_down(struct pool_job *job, unsigned worker, struct err *err)
{
    pthread_barrier_wait(&((struct work *)(void *)job)->shared->barrier);
    return break_down(job, worker, err);
}

static void
running_jobs_see_a_failure(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work jobs[3];
    struct err err = ERR_INIT;
    uint64_t start = clock_ms();

    (void)state;
    shared_open(&s, 3);
    pthread_barrier_init(&s.barrier, NULL, 3);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){
            .job = {.run = i == 1 ? meet_and_break_down : work_until_cancelled},
            .shared = &s,
            .letter = 'a' + (char)i};
        pool_add(s.pool, &jobs[i].job);
    }
    assert_int_equal(pool_wait(s.pool, &err), -1);
    assert_string_equal(err.msg, "job b failed");
    assert_int_equal(s.ran, 3);
    assert_true(clock_ms() - start < 30000);
    pthread_barrier_destroy(&s.barrier);
}

static void
starts_no_job_after_a_request_to_stop(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work job = {.job = {.run = note}, .shared = &s};
    struct err err = ERR_INIT;

    (void)state;
    shared_open(&s, 2);
    cancel_request(&s.cancel);
    pool_add(s.pool, &job.job);
    assert_int_equal(pool_wait(s.pool, &err), -1);
    assert_int_equal(s.ran, 0);
}

static void
frees_a_pool_with_queued_jobs(void **state)
{
    struct work jobs[200];
    struct shared s;

    (void)state;
    shared_open(&s, 2);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){.job = {.run = note}, .shared = &s};
        pool_add(s.pool, &jobs[i].job);
    }
    shared_release(&s);
    assert_true(s.ran <= COUNT_OF(jobs));
    pool_free(NULL);
}

static void
sleeps_until_time_or_stop(void **state)
{
    struct cancel cancel = CANCEL_INIT;
    struct err err = ERR_INIT;
    uint64_t start = clock_ms();

    (void)state;
    assert_int_equal(cancel_sleep(&cancel, 70, &err), 0);
    assert_true(clock_ms() - start >= 70);
    cancel_request(&cancel);
    assert_int_equal(cancel_sleep(&cancel, 60000, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL); /* a placeholder: the sibling's counts */
    assert_true(clock_ms() - start < 30000);
}

static int
interrupt(struct pool_job *job, unsigned worker, struct err *err)
{
    note(job, worker, err);
    raise(SIGTERM);
    return 0;
}

/* Last, because the process remembers the signal. */
static void
treats_a_signal_as_a_failure(void **state)
{
    CLEANUP(shared_release) struct shared s;
    struct work jobs[3];
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(cancel_signal(), 0);
    cancel_on_signals();
    shared_open(&s, 1);
    for (size_t i = 0; i < COUNT_OF(jobs); i++) {
        jobs[i] = (struct work){.job = {.run = i == 0 ? interrupt : note}, .shared = &s};
        pool_add(s.pool, &jobs[i].job);
    }
    assert_int_equal(pool_wait(s.pool, &err), -1);
    assert_int_equal(err.kind, ERR_SIGNAL);
    assert_int_equal(err.signal, SIGTERM);
    assert_int_equal(err_exit_code(&err), 128 + SIGTERM);
    assert_int_equal(s.ran, 1);
    assert_int_equal(cancel_signal(), SIGTERM);
    assert_int_equal(cancel_sleep(&s.cancel, 60000, &err), -1);
    assert_int_equal(err.kind, ERR_SIGNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_jobs_once_in_order),
        cmocka_unit_test(waits_for_nothing_when_idle),
        cmocka_unit_test(runs_workers_concurrently),
        cmocka_unit_test(limits_the_number_of_workers),
        cmocka_unit_test(jobs_may_add_jobs),
        cmocka_unit_test(stops_at_the_first_failure),
        cmocka_unit_test(running_jobs_see_a_failure),
        cmocka_unit_test(starts_no_job_after_a_request_to_stop),
        cmocka_unit_test(frees_a_pool_with_queued_jobs),
        cmocka_unit_test(sleeps_until_time_or_stop),
        cmocka_unit_test(treats_a_signal_as_a_failure),
    };

    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
