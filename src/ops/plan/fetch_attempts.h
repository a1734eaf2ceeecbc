/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_attempts.h - in which repositories an object was asked for, and which is next.
 *
 * Names of several repositories may reach the same object, so one that fails in the first
 * may be fetched from another.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_FETCH_ATTEMPTS_H
#define OPS_PLAN_FETCH_ATTEMPTS_H

#include "ops/plan/failures.h"
#include "ops/plan/walk.h"

#define FETCH_ATTEMPTS_MAX 4 /* repositories */

struct fetch_attempts {
    uint32_t object;                    /* graph id */
    uint32_t name;                      /* in whose repository it is asked for */
    uint32_t tried[FETCH_ATTEMPTS_MAX]; /* names in whose repositories that failed */
    size_t count;
    struct err *failure; /* the last one, owned; NULL: it did not fail */
};

/*
 * After a failure that failures_put_off() kept: choose another repository.  A host that
 * could not be reached is not asked again.  The graph need not be finished.
 * Returns: 1, a->name is of that repository; 0, there is none: the failure is noted; -1.
 */
MUST_USE int fetch_attempts_next(struct fetch_attempts *a, const struct graph *graph,
                                 const struct plan_name *names, struct failures *failures,
                                 enum failure_what what, struct err *err);

#endif
