/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - every byte of an open bundle against its digest.
 *
 * Damage does not end a check: one run tells all that has to be copied again.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_CHECK_H
#define OPS_VERIFY_CHECK_H

#include "base/run.h"
#include "bundle/reader/reader.h"
#include "ops/verify/damage.h"

/*
 * Bytes that a survey may read of a file before anything vouches for it: somebody who can
 * only send files must not decide how long one takes.
 */
#define CHECK_UNTRUSTED_MAX (1ULL << 30)

struct check_options {
    struct run *run;
    bool layers;   /* also unpack them, when their digests are right */
    bool in_place; /* this process may be killed by a medium that fails (reader.h) */
};

/*
 * Hash all members, and look into layers.
 * Errors: the first damage of *out when there is some: wrong bytes before unreadable
 * ones; with volumes, the hint names all that are concerned.
 */
MUST_USE int check_members(const struct bundle_content *content,
                           const struct check_options *options, struct damage_list *out,
                           struct err *err);

/* What of a file that is no good bundle can be surveyed. */
struct check_survey {
    const struct volumes *file;
    const struct bundle_untrusted *head; /* NULL: nothing was admitted */
    const struct admission *admission;   /* with head */
};

/*
 * Find all damage of a bundle that could not be opened, as far as bundle/survey.h gets,
 * and without a head as far as CHECK_UNTRUSTED_MAX allows:
 * to be called with the error of that in *err, which becomes that of the whole.
 * Always -1.
 */
int check_damaged(const struct check_survey *survey, const struct check_options *options,
                  struct damage_list *out, struct err *err);

/* May damage be why?  Nothing else is surveyed. */
bool check_is_damage(const struct err *err);

#endif
