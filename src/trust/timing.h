/* timing.h - what time it is, where nobody can be asked: the clock, and what was seen.
 *
 * Layer:  trust.
 * Source: docs/trust.md, "Time".
 */
#ifndef TRUST_TIMING_H
#define TRUST_TIMING_H

#include "base/events.h"
#include "trust/policy.h"

/* Epoch seconds. */
struct trust_now {
    uint64_t clock;     /* of the system */
    uint64_t floor;     /* it cannot be earlier: bundles were made then */
    uint64_t effective; /* what is compared with */
};

/*
 * Weigh the clock against the newest bundle that was accepted of this stream (0: none);
 * warns about a clock that is behind, or absurdly far ahead.
 */
struct trust_now trust_now(uint64_t clock, uint64_t newest, enum policy_clock kind,
                           const struct events *events);

#endif
