/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h - resolve each name to its top-level document; each tag is requested once.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_RESOLVE_H
#define OPS_PLAN_RESOLVE_H

#include "base/err_list.h"
#include "ops/plan/walk.h"

/*
 * Resolve all names, whose ref is set: tags first, then the digests that no tag led to,
 * each once.  Fills in the rest of each and puts the documents on the shelf.  *bad gets
 * the names that cannot be resolved, unless they are noted as gaps.
 * Errors: ERR_LOCAL, ERR_SIGNAL, and those of document_cache.h.
 */
MUST_USE int resolve_names(struct plan_name *names, size_t count,
                           const struct walk_options *options, struct err_list *bad,
                           struct err *err);

/* The same, and before it the file and the line that the name is from. */
int resolve_wrap_place(struct err *err, const struct walk_options *options,
                       const struct reference *ref);

/* A name cannot be resolved: a gap where there may be gaps, else one for *bad. */
void resolve_note(const struct walk_options *options, const struct reference *ref,
                  const struct err *failure, struct err_list *bad);

#endif
