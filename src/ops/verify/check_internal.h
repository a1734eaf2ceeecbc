/* SPDX-License-Identifier: Apache-2.0 */
/* check_internal.h - what the parts of a check share.
 *
 * check.c        the pool, the list of damage
 * check_layers.c what is inside of layers
 *
 * Layer: ops, private.
 */
#ifndef OPS_VERIFY_CHECK_INTERNAL_H
#define OPS_VERIFY_CHECK_INTERNAL_H

#include "ops/verify/check.h"

/* A layer, and the digest of its tar as some config says. */
struct layer_wish {
    size_t member;
    struct digest diff_id;
};

/* Count it, and keep it when there is room or it stands before another one.  Not
 * thread-safe. */
void damage_note(struct damage_list *list, const struct damage *damage);

/* Damage of a member, with what hashing it found. */
struct damage damage_of_member(const struct bundle_content *c, size_t member,
                               const struct err *err);

#endif
