/* SPDX-License-Identifier: Apache-2.0 */
/* unused_rules.h - mapping rules that match no image, mostly because of a slip.
 *
 * Layer: ops.
 */
#ifndef OPS_PUSH_UNUSED_RULES_H
#define OPS_PUSH_UNUSED_RULES_H

#include "base/events.h"
#include "images/image_set.h"
#include "oci/mapping.h"

/*
 * Warn of each, with the nearest name that there is.
 * Errors: ERR_USAGE "unused-map" - there are rules, and none of them matches.
 */
MUST_USE int check_unused_rules(const struct mapping *mapping,
                                const struct image_set *set, const struct events *events,
                                struct err *err);

#endif
