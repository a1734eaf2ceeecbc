/* SPDX-License-Identifier: Apache-2.0 */
/* damage.h - the places of a file that are damaged.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_DAMAGE_H
#define OPS_VERIFY_DAMAGE_H

#include "bundle/reader/bundle_content.h"
#include "bundle/scan/scan_options.h"

#define DAMAGE_MAX 100 /* kept: the first in the file; all are counted */

struct damage_list {
    struct damage *items; /* by offset */
    size_t count;         /* of items */
    size_t total;         /* damaged ranges, kept or not */
    struct damage worst;  /* the first with wrong bytes, else the first; when total > 0 */
    bool is_cut_short;    /* part of the file was not examined: */
    uint64_t unexamined;  /* nothing from this byte on */
};

void damage_list_release(struct damage_list *list);

/* Count it, and keep it when there is space or it precedes another one.  Not
 * thread-safe. */
void damage_note(struct damage_list *list, const struct damage *damage);

/* Damage of a member, with the error of hashing it. */
struct damage damage_of_member(const struct bundle_content *c, size_t member,
                               const struct err *err);

#endif
