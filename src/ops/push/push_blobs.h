/* SPDX-License-Identifier: Apache-2.0 */
/* push_blobs.h - push blobs to the target.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_BLOBS_H
#define OPS_PUSH_PUSH_BLOBS_H

#include "ops/push/push_context.h"

/* Bring every blob to every repository that lacks it: those that go first while
 * is_trying, else the rest. */
MUST_USE int push_all_blobs(struct push_context *push, struct err *err);

/*
 * The registry lacks something that a document in this repository refers to, although it
 * was pushed or present: push its blobs again.  Those that the registry reports missing;
 * with no_matter_what, all of them.
 */
MUST_USE int push_blobs_again(struct push_context *push, unsigned worker,
                              uint32_t document, uint32_t repo, bool no_matter_what,
                              struct err *err);

/* Fetch every pushed or present blob, and compare its digest. */
MUST_USE int push_read_back_blobs(struct push_context *push, struct err *err);

#endif
