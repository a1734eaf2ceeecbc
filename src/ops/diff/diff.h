/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h - compare the names and digests of two bundles, archives, receipts or
 * registries.
 *
 * Layer: ops.
 */
#ifndef OPS_DIFF_DIFF_H
#define OPS_DIFF_DIFF_H

#include "ops/diff/diff_result.h"

/*
 * Between a bundle, an archive, a receipt or a name and a registry, names are mapped as
 * an import would map them; a registry then consists of the repositories that they are
 * mapped to.  Nothing is changed anywhere. Errors: ERR_DIFFER - and *out is complete;
 * those of diff_side.h and diff_registry.h; ERR_USAGE - a name cannot be mapped;
 * ERR_NOT_FOUND - neither of two names exists.
 */
MUST_USE int diff_run(struct diff_result *out, const struct diff_options *options,
                      struct err *err);

#endif
