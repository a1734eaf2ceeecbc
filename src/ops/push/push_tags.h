/* SPDX-License-Identifier: Apache-2.0 */
/* push_tags.h - look at the tags of the target, set them, read them back.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_TAGS_H
#define OPS_PUSH_PUSH_TAGS_H

#include "ops/push/push_context.h"

/* See what the target's names hold, and apply --on-existing.  Sets the states.  What is
 * attached to nothing but images that are left out is left out with them. */
MUST_USE int push_probe_tags(struct push_context *push, struct err *err);

/* That image failed; cause: a number of push_failures.h. */
void push_fail_image(struct push_context *push, size_t name, uint32_t cause);

/* Leave out what is attached to nothing but images that are left out. */
void push_leave_out_attached(struct push_context *push);

/* What is not whole, or belongs to what is not, gets no tag.  Sets states and causes. */
void push_fail_images(struct push_context *push);

/* Put the tags that do not hold their digest yet. */
MUST_USE int push_tags(struct push_context *push, struct err *err);

/* Fetch every tag and compare its bytes with the bundle's. */
MUST_USE int push_read_back_tags(struct push_context *push, struct err *err);

#endif
