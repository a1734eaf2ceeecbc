/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - instants as text, monotonic time, and sleep that a signal ends.
 *
 * Layer: base.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/err.h"

#include <stdint.h>

#define CLOCK_TEXT_MAX sizeof("9999-12-31T23:59:59Z")

/* Milliseconds since some fixed moment; never jumps. */
uint64_t clock_ms(void);

/* Epoch seconds of the system clock, regardless of the environment. */
uint64_t clock_now(void);

/*
 * Epoch seconds: $SOURCE_DATE_EPOCH when it is set, else the system clock.
 * Errors: ERR_USAGE - the variable is not a plain number up to year 9999.
 */
MUST_USE int clock_epoch(uint64_t *out, struct err *err);

/* 1 and *out from $SOURCE_DATE_EPOCH, 0 when it is not set, -1 with the same error. */
MUST_USE int clock_source_date(uint64_t *out, struct err *err);

/* $SOURCE_DATE_EPOCH or 0: the mtime of a member that should not depend on the clock. */
MUST_USE int clock_member_mtime(uint64_t *out, struct err *err);

/* RFC 3339 in UTC with whole seconds: "2026-11-22T05:09:00Z". */
void clock_format(char out[CLOCK_TEXT_MAX], uint64_t epoch);

/* Shape: exactly what clock_format() writes, a real calendar day.  -1 otherwise. */
MUST_USE int clock_parse(const char *text, uint64_t *epoch);

#endif
