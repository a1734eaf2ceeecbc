/* SPDX-License-Identifier: Apache-2.0 */
/* omitted.h - the objects that SHA256SUMS lists as omitted, and the reason.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OMITTED_H
#define BUNDLE_READER_OMITTED_H

#include "bundle/format/index.h"
#include "bundle/format/sums.h"

/*
 * For graph_watch(): only a child of an index may be left out; other objects are reported
 * missing.  ctx: a struct digest_map of the objects listed as omitted.
 */
void omissions_leave_out(void *ctx, const struct document *doc, bool *omit);

/*
 * Separate missing objects from those not selected, and check that index.json agrees.
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_explain(struct sums *sums, const struct index_content *index,
                               struct err *err);

/*
 * For a finished graph: check that exactly the objects listed in SHA256SUMS are left out,
 * in that order, and mark the missing ones in the set.
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_check(struct image_set *set, const struct sums *sums,
                             struct err *err);

#endif
