/* SPDX-License-Identifier: Apache-2.0 */
/* unused_rules.h - report mapping rules that match no image, usually typing errors.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_UNUSED_RULES_H
#define OPS_PUSH_UNUSED_RULES_H

#include "base/events.h"
#include "images/image_set.h"
#include "oci/mapping.h"

/*
 * Warn of each rule that matches no image, with the nearest name.
 * Errors: ERR_USAGE "unused-map" - there are rules, and none of them matches.
 */
MUST_USE int check_unused_rules(const struct mapping *mapping,
                                const struct image_set *set, const struct events *events,
                                struct err *err);

#endif
