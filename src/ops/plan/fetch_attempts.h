/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_attempts.h - the repositories in which an object was requested, and the next one.
 *
 * Names of several repositories may reach the same object, so one that fails in the first
 * may be fetched from another.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_FETCH_ATTEMPTS_H
#define OPS_PLAN_FETCH_ATTEMPTS_H

#include "oci/graph.h"
#include "ops/plan/failures.h"
#include "ops/plan/plan_name.h"

#define FETCH_ATTEMPTS_MAX 4 /* repositories */

struct fetch_attempts {
    uint32_t object;                    /* graph id */
    uint32_t name;                      /* the name whose repository is used */
    uint32_t tried[FETCH_ATTEMPTS_MAX]; /* names whose repositories failed */
    size_t count;
    struct err *failure; /* the last failure, owned; NULL without one */
};

/*
 * After a failure kept by failures_put_off(): choose another repository.  An unreachable
 * host is not used again.  The graph need not be finished.
 * Returns: 1, a->name is of that repository; 0, there is none: the failure is recorded;
 * -1.
 */
MUST_USE int fetch_attempts_next(struct fetch_attempts *a, const struct graph *graph,
                                 const struct plan_name *names, struct failures *failures,
                                 enum failure_what what, struct err *err);

#endif
