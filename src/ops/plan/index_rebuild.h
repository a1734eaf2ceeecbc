/* SPDX-License-Identifier: Apache-2.0 */
/* index_rebuild.h - new indexes of only those children that were chosen.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_INDEX_REBUILD_H
#define OPS_PLAN_INDEX_REBUILD_H

#include "ops/plan/walk.h"

/*
 * Give each name whose index lacks children, or has a nested one that does, an index of
 * what is there; the new ones are put on the shelf.  A name by digest gets the new
 * digest; two that fall together become one.  What is lost stays listed: once it can be
 * had, the index is the same.
 * Errors: ERR_LIMIT of document_cache.h.
 */
MUST_USE int index_rebuild(const struct reach *reach, struct plan_name *names,
                           size_t *count, struct document_cache *cache,
                           struct failures *failures, struct err *err);

#endif
