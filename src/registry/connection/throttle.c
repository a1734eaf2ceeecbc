/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/throttle.h"

enum {
    FAILURE_FIRST_MS = 100,
    FAILURE_LONGEST_MS = 2000,
    FAILURE_NONE_MS = 20, /* smaller gaps are negligible */
    WAIT_FIRST_MS = 2000,
    WAIT_LONGEST_MS = 60 * 1000,
};

uint64_t
throttle_wait(struct throttle *t, uint64_t now)
{
    if (now < t->next)
        return t->next - now;
    t->next = now + t->gap;
    return 0;
}

static uint64_t
backoff_ms(unsigned times)
{
    uint64_t ms = WAIT_FIRST_MS;

    for (; times > 1 && ms < WAIT_LONGEST_MS; times--)
        ms *= 2;
    return ms < WAIT_LONGEST_MS ? ms : WAIT_LONGEST_MS;
}

void
throttle_slow(struct throttle *t, uint64_t now, uint64_t sent, int64_t wait_s)
{
    bool is_new = t->times == 0 || sent > t->asked;
    uint64_t wait = 0;

    if (is_new) {
        t->asked = now;
        t->times++;
        t->gap = t->gap == 0 ? FAILURE_FIRST_MS : t->gap * 2;
        if (t->gap > FAILURE_LONGEST_MS)
            t->gap = FAILURE_LONGEST_MS;
        wait = backoff_ms(t->times);
    }
    if (wait_s > 0)
        wait = (uint64_t)(wait_s < THROTTLE_WAIT_MAX_S ? wait_s : THROTTLE_WAIT_MAX_S) *
               1000;
    if (t->next < now + wait)
        t->next = now + wait;
}

void
throttle_recover(struct throttle *t, uint64_t sent)
{
    if (t->gap == 0 || sent <= t->asked)
        return;
    t->gap -= t->gap / 16 + 1;
    if (t->gap < FAILURE_NONE_MS)
        t->gap = t->times = 0;
}
