/* SPDX-License-Identifier: Apache-2.0 */
/* cancel.h - one wish to stop, shared by all workers: a signal, or a sibling that failed.
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

/* SIGINT, SIGTERM, SIGHUP, SIGQUIT: remember the number; the second one kills.  Once,
 * from main. */
void cancel_on_signals(void);

/* Block these signals for this thread, so that nothing is left half done; *before gets
 * the mask to go back to. */
void cancel_block(sigset_t *before);
void cancel_unblock(const sigset_t *before);

/*
 * Wait, for ever, until fd can be read (written: PIPE_BUF bytes at least) without
 * waiting, or a signal comes: none is missed, whenever it comes.  For what people type,
 * and pipes, while there are no other threads. Returns: 0; or -1 with cancel_error().
 */
MUST_USE int cancel_wait_input(int fd, struct err *err);
MUST_USE int cancel_wait_output(int fd, struct err *err);
/*
 * To be read, with the signals blocked already.
 * Returns: 0; 1 when another signal was handled; or -1.
 */
MUST_USE int cancel_wait_blocked(int fd, const sigset_t *before, struct err *err);

/* Is it one of these signals? */
bool cancel_catches(int number);

/* The signal seen, or 0. */
int cancel_signal(void);

void cancel_request(struct cancel *c);

/* Should work stop now, for either reason?  Cheap: call it in every loop. */
bool cancel_wanted(struct cancel *c);

/* The error that says why: ERR_SIGNAL, or a placeholder that the pool drops.  Always -1.
 */
int cancel_error(struct err *err);

/* Wait; returns early, with -1 and cancel_error(), when work should stop. */
MUST_USE int cancel_sleep(struct cancel *c, uint64_t ms, struct err *err);

#endif
