/* SPDX-License-Identifier: Apache-2.0 */
/* push_digest_tags.h - tags for what would have only a digest at the target.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_DIGEST_TAGS_H
#define OPS_PUSH_PUSH_DIGEST_TAGS_H

#include "ops/push/push_context.h"

/*
 * Tag every index and manifest that no name of the plan tags, if the mapping says so:
 * some registries delete what has no tag, even if an index lists it.  For manifests that
 * were pushed.
 */
MUST_USE int push_digest_tags(struct push_context *push, struct err *err);

#endif
