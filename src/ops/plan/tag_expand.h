/* SPDX-License-Identifier: Apache-2.0 */
/* tag_expand.h - replace repositories by their tags: all, or those that match.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_TAG_EXPAND_H
#define OPS_PLAN_TAG_EXPAND_H

#include "base/err_list.h"
#include "oci/reference_list.h"
#include "oci/tag_filter.h"
#include "ops/plan/walk.h"

/*
 * Append the names to out, which is empty; a repository among them, a name without tag
 * and digest, is replaced by its tags that match, sorted; pattern NULL: by all of them.
 * Tags that are lists of referrers are left out.  Repositories whose tags cannot be
 * listed, or that have none, are dropped and go to *bad, unless they are recorded as
 * failures.
 * Errors: ERR_LOCAL, ERR_SIGNAL; ERR_LIMIT - too many names.
 */
MUST_USE int tag_expand(struct reference_list *out, const struct reference_list *names,
                        const struct tag_filter *pattern,
                        const struct walk_options *options, struct err_list *bad,
                        struct err *err);

#endif
