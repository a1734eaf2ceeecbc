/* SPDX-License-Identifier: Apache-2.0 */
/* push_failures.h - failures at the target while --keep-going continues.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_FAILURES_H
#define OPS_PUSH_PUSH_FAILURES_H

#include "ops/push/push_context.h"

/*
 * What came of one step in a repository, rc and *err.  A failure that leaves other images
 * alone is written down, *cause is its number from then on, and the step counts as done.
 * Returns: 0; -1 with *err kept when work has to end: not asked to go on, the trouble is
 *          here and not at the target, the password is refused, or the registry answers
 *          nobody any more.  ERR_LIMIT - too many failures.
 */
MUST_USE int push_settle(struct push_context *push, unsigned worker, uint32_t repo,
                         uint32_t *cause, int rc, struct err *err);

/* Note a failure and go on.  Its number; 0: there are too many. */
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
