/* SPDX-License-Identifier: Apache-2.0 */
/* export_estimate.h - what an export would fetch, and what is already present.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_ESTIMATE_H
#define OPS_EXPORT_EXPORT_ESTIMATE_H

#include "ops/export/export_options.h"
#include "ops/export/reuse.h"

/* Open the bundles to reuse.  Errors: those of volume_set_open() and reuse_add(). */
MUST_USE int export_open_reuse(struct reuse *s, const struct export_options *o,
                               struct err *err);

/*
 * Set r->fetched and r->reused to the expected values, without reading the data present:
 * bytes that turn out to be damaged would be fetched.  Nothing is written.
 * Errors: those of opening a bundle to reuse.
 */
MUST_USE int export_estimate(struct export_result *r, const struct export_options *o,
                             struct err *err);

#endif
