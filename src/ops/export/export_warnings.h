/* SPDX-License-Identifier: Apache-2.0 */
/* export_warnings.h - choices whose price is paid at the other side: said here, where
 * they can still be changed.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_EXPORT_WARNINGS_H
#define OPS_EXPORT_EXPORT_WARNINGS_H

#include "ops/export/export.h"

/*
 * Before anything is fetched: what the bundle would say of itself.
 * Errors: ERR_USAGE - SOURCE_DATE_EPOCH is not a number of seconds.
 */
MUST_USE int export_warn_of_claims(const struct export_options *options, struct err *err);

/* With the plan: images that lack some of the wanted platforms, or all and so are left
 * out. */
void export_warn_of_platforms(const struct export_options *options,
                              const struct plan *plan);

/* With the plan: indexes that some registries refuse, and signatures that stay behind. */
void export_warn_of_indexes(const struct export_options *options,
                            const struct plan *plan);

#endif
