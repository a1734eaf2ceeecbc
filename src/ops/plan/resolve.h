/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h - from each name to its top-level document; a tag is asked for once.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_RESOLVE_H
#define OPS_PLAN_RESOLVE_H

#include "ops/plan/walk.h"

/*
 * Resolve all names, whose ref is set: tags first, then the digests that no tag led to,
 * each once.  Fills in the rest of each and puts the documents on the shelf.
 * Errors: those of pull.h and document_cache.h, wrapped with the name.
 */
MUST_USE int resolve_names(struct plan_name *names, size_t count,
                           const struct walk_options *options, struct err *err);

/* err_wrap() with the canonical name. */
int resolve_wrap(struct err *err, const struct reference *ref);

/* A document of that size: some registries may not take it back. */
void resolve_warn_large(const struct events *events, size_t len);

#endif
