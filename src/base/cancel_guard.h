/* SPDX-License-Identifier: Apache-2.0 */
/* cancel_guard.h - end the process at a signal while a library does not return.
 *
 * A call into foreign code, such as the module of a smart card, cannot be stopped.  It
 * has CANCEL_GUARD_MS after a signal to return by itself; then the signal takes its
 * default way, without cleanup.
 *
 * Layer: base.
 */
#ifndef BASE_CANCEL_GUARD_H
#define BASE_CANCEL_GUARD_H

#include <pthread.h>
#include <stdbool.h>

#define CANCEL_GUARD_MS 2000U

struct cancel_guard {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_over; /* under lock */
    bool is_running;
};

/* Begin, if it is needed: without memory for a thread there is no guard. */
void cancel_guard_begin(struct cancel_guard *g, bool is_needed);
void cancel_guard_end(struct cancel_guard *g); /* for CLEANUP */

#endif
