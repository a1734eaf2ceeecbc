/* SPDX-License-Identifier: Apache-2.0 */
/* cancel.h - one stop flag, shared by all workers: a signal, or a sibling that failed.
 *
 * Layer: base.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include "base/err.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cancel {
    atomic_bool stop; /* a sibling failed: its error is the one to report */
};

#define CANCEL_INIT                                                                      \
    {                                                                                    \
        .stop = false                                                                    \
    }

/* Handle SIGINT, SIGTERM, SIGHUP and SIGQUIT: the first is recorded, the second kills.
 * SIGHUP stays ignored where it is.  Called once, from main. */
void cancel_on_signals(void);

/* Block these signals for this thread, so that no step is interrupted halfway; *before
 * receives the mask to restore. */
void cancel_block(sigset_t *before);
void cancel_unblock(const sigset_t *before);

/*
 * Wait without limit until fd is readable (or writable: at least PIPE_BUF bytes) or a
 * signal arrives; a signal that arrives at any time is noticed.  For terminal input and
 * pipes, while there are no other threads.
 * Returns: 0; or -1 with cancel_error().
 */
MUST_USE int cancel_wait_input(int fd, struct err *err);
MUST_USE int cancel_wait_output(int fd, struct err *err);
/*
 * cancel_wait_input() with the signals already blocked.
 * Returns: 0; 1 when another signal was handled; or -1.
 */
MUST_USE int cancel_wait_blocked(int fd, const sigset_t *before, struct err *err);

/* Whether number is one of these signals. */
bool cancel_catches(int number);

/* The signal received, or 0. */
int cancel_signal(void);

void cancel_request(struct cancel *c);

/* Whether work should stop, for either reason.  Cheap enough for every loop. */
bool cancel_wanted(struct cancel *c);

/* Set the reason for stopping: ERR_SIGNAL, or a placeholder that the pool drops.  Always
 * -1. */
int cancel_error(struct err *err);

/* Sleep; returns early, with -1 and cancel_error(), when work should stop. */
MUST_USE int cancel_sleep(struct cancel *c, uint64_t ms, struct err *err);

#endif
