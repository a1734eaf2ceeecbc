/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/cancel_guard.h"

#include "base/cancel.h"
#include "base/clock.h"

#include <signal.h>
#include <stdint.h>
#include <time.h>

enum { MOMENT_MS = 50, NS_PER_MS = 1000 * 1000, NS_PER_S = 1000 * NS_PER_MS };

/* Wait a moment, or until the call returns.  Caller holds g->lock. */
static void
wait_a_moment(struct cancel_guard *g)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += MOMENT_MS * NS_PER_MS;
    if (end.tv_nsec >= NS_PER_S) {
        end.tv_nsec -= NS_PER_S;
        end.tv_sec++;
    }
    pthread_cond_timedwait(&g->ended, &g->lock, &end);
}

/* The default way of this signal ends the process. */
static void
end_process(int number)
{
    sigset_t one;

    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
}

static void *
guard_call(void *arg)
{
    struct cancel_guard *g = arg;
    uint64_t since = 0;

    pthread_mutex_lock(&g->lock);
    while (!g->is_over) {
        int number = cancel_signal();

        if (number != 0 && since == 0)
            since = clock_ms();
        if (number != 0 && clock_ms() - since >= CANCEL_GUARD_MS)
            end_process(number);
        wait_a_moment(g);
    }
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

void
cancel_guard_begin(struct cancel_guard *g, bool is_needed)
{
    sigset_t before;

    g->is_over = g->is_running = false;
    if (!is_needed)
        return;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->ended, NULL);
    cancel_block(&before); /* signals are for the thread that waits for input */
    g->is_running = pthread_create(&g->thread, NULL, guard_call, g) == 0;
    cancel_unblock(&before);
}

void
cancel_guard_end(struct cancel_guard *g)
{
    if (!g->is_running)
        return;
    pthread_mutex_lock(&g->lock);
    g->is_over = true;
    pthread_cond_signal(&g->ended);
    pthread_mutex_unlock(&g->lock);
    pthread_join(g->thread, NULL);
    pthread_cond_destroy(&g->ended);
    pthread_mutex_destroy(&g->lock);
    g->is_running = false;
}
