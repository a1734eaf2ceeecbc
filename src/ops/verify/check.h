/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - check every byte of an open bundle against its digest.
 *
 * Damage does not end the check: one run lists everything to copy again.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_CHECK_H
#define OPS_VERIFY_CHECK_H

#include "base/run.h"
#include "bundle/reader/reader.h"
#include "ops/verify/damage.h"

/*
 * Bytes read of a file without a trusted index: the sender of a file must not decide how
 * long the scan takes.
 */
#define CHECK_UNTRUSTED_MAX (1ULL << 30)

struct check_options {
    struct run *run;
    bool layers;   /* also unpack layers whose digest is right */
    bool in_place; /* this process may be killed by a failing medium (reader.h) */
};

/*
 * Hash all members, and inspect layers.
 * Errors: the first damage in *out: wrong bytes before unreadable ones; with volumes, the
 * hint lists all that are affected.
 */
MUST_USE int check_members(const struct bundle_content *content,
                           const struct check_options *options, struct damage_list *out,
                           struct err *err);

/* What is known of a bundle that could not be opened. */
struct check_survey {
    const struct volumes *file;
    const struct bundle_untrusted *head; /* NULL: no admission */
    const struct admission *admission;   /* with head */
};

/*
 * Find all damage of a bundle that could not be opened, within the limits of
 * bundle/scan.h, and without a head of CHECK_UNTRUSTED_MAX.  *err is the error of opening
 * it, and becomes that of the whole.  Always -1.
 */
int check_damaged(const struct check_survey *survey, const struct check_options *options,
                  struct damage_list *out, struct err *err);

/* Whether damage may be the cause.  Other errors are not followed by a scan. */
bool check_is_damage(const struct err *err);

#endif
