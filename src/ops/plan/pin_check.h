/* SPDX-License-Identifier: Apache-2.0 */
/* pin_check.h - a tag that is given with a digest and, elsewhere, without one.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PIN_CHECK_H
#define OPS_PLAN_PIN_CHECK_H

#include "ops/plan/walk.h"

/*
 * Warn of each such name whose tag now refers to another digest: the given digest is
 * exported.  A tag that cannot be resolved is not an error.
 * Errors: ERR_LOCAL, ERR_SIGNAL.
 */
MUST_USE int pin_check(const struct plan_name *names, size_t count,
                       const struct walk_options *options, struct err *err);

#endif
