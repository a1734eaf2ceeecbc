/* SPDX-License-Identifier: Apache-2.0 */
/* throttle.h - a server that asks to slow down is obeyed by all workers at once.
 *
 * After such an answer (429, or another one with Retry-After) nothing is asked of the
 * host for a while, and then one request at a time goes out, with a gap between two.  The
 * gap grows each time the host asks again and shrinks with each answer that is fine,
 * until it is gone.  A host that never asks is never slowed down.
 *
 * Pure: the caller has the clock, the lock and the sleep.
 *
 * Layer:  registry.
 * Source: RFC 6585 section 4; RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef REGISTRY_CONNECTION_THROTTLE_H
#define REGISTRY_CONNECTION_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_WAIT_MAX_S 300 /* a longer Retry-After is not waited for */

/* All in milliseconds of one clock.  Zeroed: at full speed. */
struct throttle {
    uint64_t next;  /* when the next request may go out */
    uint64_t asked; /* when the host last asked */
    unsigned gap;   /* between two requests */
    unsigned times; /* that it asked since it was at full speed */
    bool is_told;   /* the user knows */
};

/* May a request go out now?  0, and it counts as gone; else how long to wait and ask
 * again. */
uint64_t throttle_wait(struct throttle *t, uint64_t now);

/*
 * The host asks to slow down, in answer to a request that went out at `sent`.
 * wait_s: what Retry-After says, 0 or less when it says nothing that helps.
 * Answers to requests that were under way already when it asked are no new reason.
 */
void throttle_slow(struct throttle *t, uint64_t now, uint64_t sent, int64_t wait_s);

/* It answered a request that went out at `sent`, and did not ask. */
void throttle_recover(struct throttle *t, uint64_t sent);

#endif
