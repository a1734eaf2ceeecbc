/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - verify a bundle.  The first half of every import.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_VERIFY_H
#define OPS_VERIFY_VERIFY_H

#include "ops/verify/verified.h"

/*
 * Check everything: the signature over the raw bytes of index.json before anything is
 * parsed, then the policy, then the structure, then each byte.
 * Errors: ERR_TRUST, ERR_INTEGRITY, ERR_NOT_FOUND, ERR_LOCAL.  *out contains the
 * progress.
 */
MUST_USE int verify_run(struct verified *out, const struct verify_options *options,
                        struct err *err);

#endif
