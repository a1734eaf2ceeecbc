/* cancel.h - one wish to stop, shared by all workers: a signal, or a sibling that failed.
 *
 * Layer: base.
 */
#ifndef BASE_CANCEL_H
#define BASE_CANCEL_H

#include "base/err.h"

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

/* SIGINT, SIGTERM, SIGHUP: remember the number; the second one kills.  Once, from main.
 */
void cancel_on_signals(void);

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
