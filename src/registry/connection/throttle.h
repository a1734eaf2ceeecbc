/* SPDX-License-Identifier: Apache-2.0 */
/* throttle.h - a rate limit of a server applies to all workers at once.
 *
 * After such an answer (429, or another one with Retry-After) no request is sent to the
 * host for a while, and then one at a time, with a gap between two.  The gap grows with
 * each further rate limit and shrinks with each success, until it is gone.  Hosts without
 * a rate limit are never slowed down.
 *
 * Pure: the caller has the clock, the lock and the sleep.
 *
 * Layer: registry.
 * Source: RFC 6585 section 4; RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef REGISTRY_CONNECTION_THROTTLE_H
#define REGISTRY_CONNECTION_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_WAIT_MAX_S 300 /* a longer Retry-After is an error */

/* All times in milliseconds of one clock.  Zeroed: full speed. */
struct throttle {
    uint64_t next;  /* when the next request may be sent */
    uint64_t asked; /* when the last rate limit was answered */
    unsigned gap;   /* between two requests */
    unsigned times; /* rate limits since it was at full speed */
    bool is_told;   /* the warning was shown */
};

/* 0: a request may be sent now, and counts as sent; else how long to wait before asking
 * again. */
uint64_t throttle_wait(struct throttle *t, uint64_t now);

/*
 * The host answered a request sent at `sent` with a rate limit.  wait_s: Retry-After, 0
 * or less when it is absent or useless.  Answers to requests sent before the last rate
 * limit do not count again.
 */
void throttle_slow(struct throttle *t, uint64_t now, uint64_t sent, int64_t wait_s);

/* The host answered a request sent at `sent` without a rate limit. */
void throttle_recover(struct throttle *t, uint64_t sent);

#endif
