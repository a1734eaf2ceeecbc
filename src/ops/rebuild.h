/* rebuild.h - new indexes of only those children that were chosen.
 *
 * Layer: ops.
 */
#ifndef OPS_REBUILD_H
#define OPS_REBUILD_H

#include "ops/walk.h"

/*
 * Give each name whose index lacks children, or has a nested one that does, an index of
 * what is there; the new ones are put on the shelf.  A name by digest gets the new
 * digest; two that fall together become one.  What is lost stays listed: once it can be
 * had, the index is the same.
 * Errors: ERR_LIMIT of shelf.h.
 */
MUST_USE int rebuild_names(const struct reach *reach, struct plan_name *names,
                           size_t *count, struct shelf *shelf, struct gaps *gaps,
                           struct err *err);

#endif
