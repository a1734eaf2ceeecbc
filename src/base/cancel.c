/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/cancel.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static atomic_int seen; /* lock-free: a handler and all workers use it */

static void
remember_signal(int number)
{
    atomic_store_explicit(&seen, number, memory_order_relaxed);
}

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

void
cancel_on_signals(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = remember_signal;
    action.sa_flags = (int)SA_RESETHAND; /* the second one takes the default way out */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct sigaction before;

        /* nohup: the work is to survive the terminal.  Other signals are caught even if
         * they were ignored, as a shell does for what it starts in the background. */
        if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 &&
            before.sa_handler == SIG_IGN)
            continue;
        sigaction(numbers[i], &action, NULL);
    }
}

bool
cancel_catches(int number)
{
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (numbers[i] == number)
            return true;
    }
    return false;
}

int
cancel_signal(void)
{
    return atomic_load_explicit(&seen, memory_order_relaxed);
}

/* ---- waiting for input ---- */

void
cancel_block(sigset_t *before)
{
    sigset_t ours;

    sigemptyset(&ours);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        sigaddset(&ours, numbers[i]);
    pthread_sigmask(SIG_BLOCK, &ours, before);
}

void
cancel_unblock(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static int
wait_for(int fd, short events, const sigset_t *before, struct err *err)
{
    struct pollfd what = {.fd = fd, .events = events};
    int rc;

    if (cancel_signal() != 0)
        return cancel_error(err);
    rc = ppoll(&what, 1, NULL, before);
    if (rc < 0 && errno != EINTR)
        return err_errno(err, "cannot wait for input or output");
    if (cancel_signal() != 0)
        return cancel_error(err);
    return rc < 0;
}

int
cancel_wait_blocked(int fd, const sigset_t *before, struct err *err)
{
    return wait_for(fd, POLLIN, before, err);
}

static int
block_and_wait(int fd, short events, struct err *err)
{
    sigset_t before;
    int rc;

    cancel_block(&before);
    do
        rc = wait_for(fd, events, &before, err);
    while (rc > 0);
    cancel_unblock(&before);
    return rc;
}

int
cancel_wait_input(int fd, struct err *err)
{
    return block_and_wait(fd, POLLIN, err);
}

int
cancel_wait_output(int fd, struct err *err)
{
    return block_and_wait(fd, POLLOUT, err);
}

void
cancel_request(struct cancel *c)
{
    atomic_store_explicit(&c->stop, true, memory_order_relaxed);
}

bool
cancel_wanted(struct cancel *c)
{
    return cancel_signal() != 0 || atomic_load_explicit(&c->stop, memory_order_relaxed);
}

int
cancel_error(struct err *err)
{
    int number = cancel_signal();

    if (number == 0)
        return err_set(err, ERR_INTERNAL, "stopped because another part failed");
    err_set(err, ERR_SIGNAL, "stopped by signal %d", number);
    err->signal = number;
    return -1;
}

int
cancel_sleep(struct cancel *c, uint64_t ms, struct err *err)
{
    uint64_t end = clock_ms() + ms;

    for (;;) {
        struct timespec nap = {.tv_nsec = 50 * 1000 * 1000};
        uint64_t now = clock_ms();

        if (cancel_wanted(c))
            return cancel_error(err);
        if (now >= end)
            return 0;
        if (end - now < 50)
            nap.tv_nsec = (long)(end - now) * 1000 * 1000;
        nanosleep(&nap, NULL);
    }
}
