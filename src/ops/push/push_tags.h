/* SPDX-License-Identifier: Apache-2.0 */
/* push_tags.h - check the tags of the target, set them, read them back.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_TAGS_H
#define OPS_PUSH_PUSH_TAGS_H

#include "ops/push/push_context.h"

/* Check the target's tags, and apply --on-existing.  Sets the states.  Referrers only of
 * images that are left out are left out with them. */
MUST_USE int push_probe_tags(struct push_context *push, struct err *err);

/*
 * What --on-existing makes of a tag that has the digest held at the target; NULL: there
 * is no such tag. Errors: ERR_CONFLICT "exists".
 */
MUST_USE int push_tag_state(const struct push_context *push, const struct digest *held,
                            const struct digest *ours, enum image_state *state,
                            struct err *err);

/* That image failed; cause: a number of push_failures.h. */
void push_fail_image(struct push_context *push, size_t name, uint32_t cause);

/* Leave out referrers only of images that are left out. */
void push_leave_out_attached(struct push_context *push);

/* Incomplete images, and referrers of such, get no tag.  Sets states and causes. */
void push_fail_images(struct push_context *push);

/* Set the tags that do not have their digest yet. */
MUST_USE int push_tags(struct push_context *push, struct err *err);

/* Fetch every tag and compare its bytes with the bundle's. */
MUST_USE int push_read_back_tags(struct push_context *push, struct err *err);

#endif
