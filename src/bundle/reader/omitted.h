/* SPDX-License-Identifier: Apache-2.0 */
/* omitted.h - the objects that SHA256SUMS says are left out, and why.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_OMITTED_H
#define BUNDLE_READER_OMITTED_H

#include "bundle/format/index.h"
#include "bundle/format/sums.h"

/*
 * For graph_watch(): only a child of an index may be left out, else it is found missing.
 * ctx: a struct digest_map of what SHA256SUMS says is left out.
 */
void omissions_leave_out(void *ctx, const struct document *doc, bool *omit);

/*
 * Tell what is missing from what was not wanted, and see whether index.json agrees.
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_explain(struct sums *sums, const struct index_content *index,
                               struct err *err);

/*
 * The graph is finished: is exactly that left out which SHA256SUMS says, in that order?
 * The set learns what is missing.
 * Errors: ERR_INTEGRITY "sums".
 */
MUST_USE int omissions_check(struct image_set *set, const struct sums *sums,
                             struct err *err);

#endif
