/* SPDX-License-Identifier: Apache-2.0 */
/* export.h - fetch images into one signed bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_H
#define OPS_EXPORT_EXPORT_H

#include "ops/export/export_options.h"

/*
 * Plan, then write in place, sign, publish.  Under its final name the bundle is complete,
 * or it does not exist.  An unfinished file is resumed: in place when it is for the same
 * content, else as a source of blobs.
 *
 * With plan.keep_going failures to fetch are recorded in plan.failures, and the run ends
 * with ERR_PARTIAL: with allow_incomplete there is a bundle of everything else, which
 * lists what is missing; otherwise fetched data is kept for the next run.
 * Errors: ERR_CONFLICT, ERR_LOCAL of file.h; those of plan_make() and pull.h.
 */
MUST_USE int export_run(struct export_result *out, const struct export_options *options,
                        struct err *err);
void export_result_release(struct export_result *r);

#endif
