/* SPDX-License-Identifier: Apache-2.0 */
/* rate.h - one limit of bytes per second for all workers together.
 *
 * Layer: base.
 */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include "base/cancel.h"

#include <pthread.h>
#include <stddef.h>

struct rate {
    uint64_t per_s; /* bytes; 0: no limit */
    pthread_mutex_t lock;
    uint64_t due_us; /* guarded: when all bytes granted so far will have been sent */
};

void rate_init(struct rate *r, uint64_t per_s);
void rate_end(struct rate *r);

/*
 * Wait until len more bytes may be sent or received.
 * Errors: those of cancel_error(), when work should stop.
 */
MUST_USE int rate_take(struct rate *r, size_t len, struct cancel *cancel,
                       struct err *err);

#endif
