/* SPDX-License-Identifier: Apache-2.0 */
/* push_failures.h - failures at the target while --keep-going continues.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_FAILURES_H
#define OPS_PUSH_PUSH_FAILURES_H

#include "ops/push/push_context.h"

/*
 * Handle the result of a step in a repository, rc and *err.  A failure that does not
 * affect other images is recorded, *cause becomes its number, and the step counts as
 * done.
 * Returns: 0; -1 with *err kept when the push must end: without keep_going, after a local
 *          failure, when the password is refused, or when the registry is unreachable.
 *          ERR_LIMIT - too many failures.
 */
MUST_USE int push_settle(struct push_context *push, unsigned worker, uint32_t repo,
                         uint32_t *cause, int rc, struct err *err);

/* Record a failure and continue.  Its number; 0: too many. */
uint32_t push_note_failure(struct push_context *push, const struct err *err);

/* Whether the repository is no longer used; *cause is then the reason. */
bool push_is_closed(struct push_context *push, uint32_t repo, uint32_t *cause);

/* The cause why a document is incomplete there: its own, that of a part, or of its
 * subject; or 0. */
uint32_t push_incomplete_cause(const struct push_context *push,
                               const struct placement *p);

/* Assign causes to all incomplete documents, after the last failure was recorded. */
void push_spread_causes(struct push_context *push);

#endif
