/* check.h - every byte of an open bundle against its digest.
 *
 * Damage does not end a check: one run tells all that has to be copied again.
 *
 * Layer: ops.
 */
#ifndef OPS_CHECK_H
#define OPS_CHECK_H

#include "base/cancel.h"
#include "base/events.h"
#include "bundle/reader.h"

#define DAMAGE_MAX 100 /* kept; all are counted */

struct damage {
    size_t member;
    struct err err; /* ERR_INTEGRITY: other bytes; ERR_LOCAL: they cannot be read */
};

struct damage_list {
    struct damage *items; /* in the order of members */
    size_t count;         /* of items */
    size_t total;         /* damaged members, kept or not */
};

void damage_list_release(struct damage_list *list);

/* Forget what is said of members that do not exist. */
void damage_list_clip(struct damage_list *list, size_t member_count);

struct check_options {
    unsigned jobs;
    bool layers;   /* also unpack them, when their digests are right */
    bool in_place; /* this process may be killed by a medium that fails (reader.h) */
    const struct events *events;
    struct cancel *cancel;
};

/*
 * Hash all members, and look into layers.
 * Errors: the first damage of *out when there is some: wrong bytes before unreadable
 * ones.
 */
MUST_USE int check_members(const struct bundle_content *content,
                           const struct check_options *options, struct damage_list *out,
                           struct err *err);

#endif
