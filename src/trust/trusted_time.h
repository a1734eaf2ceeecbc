/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_time.h - what time it is, where nobody can be asked: the clock, and what was
 * seen.
 *
 * Layer:  trust.
 * Source: docs/trust.md, "Time".
 */
#ifndef TRUST_TRUSTED_TIME_H
#define TRUST_TRUSTED_TIME_H

#include "base/events.h"
#include "trust/policy.h"

/* Epoch seconds. */
struct trusted_time {
    uint64_t clock;     /* of the system */
    uint64_t floor;     /* it cannot be earlier: bundles were made then */
    uint64_t effective; /* what is compared with */
};

/*
 * Weigh the clock against the floor of this stream (0: none), see trust_floor(); warns
 * about a clock that is behind, or absurdly far ahead.
 */
struct trusted_time trusted_time(uint64_t clock, uint64_t floor, enum policy_clock kind,
                                 const struct events *events);

/*
 * The floor of a stream after a bundle of it was accepted: not before the bundle was
 * made, but what one bundle says about time goes 400 days beyond what is known at most.
 * floor: of the stream before that bundle, or 0; clock: of the system, as it is.
 */
uint64_t trust_floor(uint64_t floor, uint64_t created, uint64_t clock);

#endif
