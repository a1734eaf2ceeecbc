/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/trusted_time.h"

#include "base/clock.h"

#include <inttypes.h>

enum { DAY = 86400 };

/* 2026-11-01: a correct clock is never before the release of this program. */
static const uint64_t WRITTEN = UINT64_C(1793491200);

/* A clock this far ahead of all evidence is more likely wrong than right. */
static const uint64_t ABSURD = UINT64_C(20) * 365 * DAY;

/* More than a year, so that a host that imports once a year with a stopped clock keeps
 * up; and a single wrong date is overcome after the same time. */
static const uint64_t LEAP_MAX = UINT64_C(400) * DAY;

static uint64_t
later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint64_t
trust_floor(uint64_t floor, uint64_t created, uint64_t clock)
{
    uint64_t max = later(later(clock, floor), WRITTEN) + LEAP_MAX;

    return later(floor, created < max ? created : max);
}

struct trusted_time
trusted_time(uint64_t clock, uint64_t floor, enum policy_clock kind,
             const struct events *events)
{
    struct trusted_time now = {.clock = clock, .floor = later(floor, WRITTEN)};
    char text[CLOCK_TEXT_MAX];

    now.effective = kind == POLICY_CLOCK_UNTRUSTED ? now.floor : later(clock, now.floor);
    clock_format(text, now.floor);
    if (kind != POLICY_CLOCK_UNTRUSTED && clock < now.floor)
        events_warning(events,
                       "the clock is at least %" PRIu64 " days behind: it is %s or later",
                       (now.floor - clock + DAY - 1) / DAY, text);
    if (kind != POLICY_CLOCK_UNTRUSTED && clock > now.floor + ABSURD)
        events_warning(events,
                       "the clock is %" PRIu64
                       " days ahead of the newest recorded time, %s: check it",
                       (clock - now.floor) / DAY, text);
    return now;
}
