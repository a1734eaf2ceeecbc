/* SPDX-License-Identifier: Apache-2.0 */
/* diff_bytes.h - how many bytes would travel from one side to the other.
 *
 * Layer: ops.
 */
#ifndef OPS_DIFF_DIFF_BYTES_H
#define OPS_DIFF_DIFF_BYTES_H

#include "ops/diff/diff_result.h"

/* The mapping from names of A to a registry B. */
struct mapping diff_mapping(const struct diff_options *options,
                            const struct diff_side *to);

/*
 * Set has_bytes and bytes of a result that is complete otherwise.
 * Errors: those of plan.h and push.h.
 */
MUST_USE int diff_count_bytes(struct diff_result *r, const struct diff_options *options,
                              struct err *err);

#endif
