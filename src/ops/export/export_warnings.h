/* SPDX-License-Identifier: Apache-2.0 */
/* export_warnings.h - warn of options that make the import fail later.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_WARNINGS_H
#define OPS_EXPORT_EXPORT_WARNINGS_H

#include "ops/export/export_options.h"

/*
 * Before anything is fetched: expiry time, creation time and serial.
 * Errors: ERR_USAGE - SOURCE_DATE_EPOCH is not a number of seconds.
 */
MUST_USE int export_warn_of_claims(const struct export_options *options, struct err *err);

/* Given the plan: images that lack some of the selected platforms, or were skipped. */
void export_warn_of_platforms(const struct export_options *options,
                              const struct plan *plan);

/* Given the plan: indexes that some registries reject, and referrers that are dropped. */
void export_warn_of_indexes(const struct export_options *options,
                            const struct plan *plan);

#endif
