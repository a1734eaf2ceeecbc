/* SPDX-License-Identifier: Apache-2.0 */
/* trusted_time.h - the current time without a time server: the clock, and recorded times.
 *
 * Layer: trust.
 * Source: docs/trust.md, "Time".
 */
#ifndef TRUST_TRUSTED_TIME_H
#define TRUST_TRUSTED_TIME_H

#include "base/events.h"
#include "trust/policy.h"

/* Epoch seconds. */
struct trusted_time {
    uint64_t clock;     /* of the system */
    uint64_t floor;     /* earliest possible time: a bundle was created then */
    uint64_t effective; /* used for comparisons */
};

/*
 * Combine the clock with the floor of this stream (0: none), see trust_floor(); warns
 * about a clock that is behind, or implausibly far ahead.
 */
struct trusted_time trusted_time(uint64_t clock, uint64_t floor, enum policy_clock kind,
                                 const struct events *events);

/*
 * The floor of a stream after one of its bundles was accepted: the creation time of the
 * bundle, but at most 400 days later than everything known before.  floor: of the stream
 * before that bundle, or 0; clock: of the system, unmodified.
 */
uint64_t trust_floor(uint64_t floor, uint64_t created, uint64_t clock);

#endif
