/* SPDX-License-Identifier: Apache-2.0 */
/* push_attached.h - what is attached to an image goes to the repository of that image.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_PUSH_ATTACHED_H
#define OPS_PUSH_PUSH_ATTACHED_H

#include "images/image_set.h"
#include "oci/mapping.h"

/*
 * Where rules for exact names move images out of the repository that their rules give to
 * what is attached to them, by subject or by cosign's tag: let that follow them.  to: the
 * target names, by entry of the set.
 */
void push_attached_follow(const struct image_set *set, const struct mapping *mapping,
                          struct reference *const *to);

#endif
