/* SPDX-License-Identifier: Apache-2.0 */
/* index_rebuild.h - new indexes that list only the selected children.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_INDEX_REBUILD_H
#define OPS_PLAN_INDEX_REBUILD_H

#include "ops/plan/walk.h"

/*
 * Give each name whose index lacks children, or has a nested one that does, an index of
 * the children present; new indexes are put into the cache.  A name by digest gets the
 * new digest; duplicates that result are merged.  Lost children stay listed: once they
 * can be fetched, the index is the same.
 * Errors: ERR_LIMIT of document_cache.h.
 */
MUST_USE int index_rebuild(const struct reach *reach, struct plan_name *names,
                           size_t *count, struct document_cache *cache,
                           struct failures *failures, struct err *err);

#endif
