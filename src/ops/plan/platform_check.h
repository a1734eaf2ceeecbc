/* SPDX-License-Identifier: Apache-2.0 */
/* platform_check.h - has each image the platforms that were asked for?
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLATFORM_CHECK_H
#define OPS_PLAN_PLATFORM_CHECK_H

#include "ops/plan/walk.h"

/*
 * An index says so itself, nested ones included; where nobody says it of an image, its
 * config does, which is fetched for this and put on the shelf.  What says no platform at
 * all, such as a chart, has none to lack.
 * With gaps, an image that lacks one is lost.
 * Errors: ERR_NOT_FOUND, naming what there is; those of pull.h.
 */
MUST_USE int platform_check(const struct reach *reach, struct plan_name *names,
                            const struct walk_options *options, struct err *err);

#endif
