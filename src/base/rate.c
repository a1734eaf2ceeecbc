/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/rate.h"

#include "base/clock.h"

void
rate_init(struct rate *r, uint64_t per_s)
{
    *r = (struct rate){.per_s = per_s};
    pthread_mutex_init(&r->lock, NULL);
}

void
rate_end(struct rate *r)
{
    pthread_mutex_destroy(&r->lock);
}

int
rate_take(struct rate *r, size_t len, struct cancel *cancel, struct err *err)
{
    enum { SAVED_US = 100 * 1000 }; /* unused allowance is lost after that */
    uint64_t now, wait;

    if (r->per_s == 0)
        return 0;
    pthread_mutex_lock(&r->lock);
    now = clock_ms() * 1000;
    if (r->due_us + SAVED_US < now)
        r->due_us = now - SAVED_US;
    r->due_us += (uint64_t)len * 1000 * 1000 / r->per_s;
    wait = r->due_us > now ? r->due_us - now : 0;
    pthread_mutex_unlock(&r->lock);
    return wait < 1000 ? 0 : cancel_sleep(cancel, wait / 1000, err);
}
