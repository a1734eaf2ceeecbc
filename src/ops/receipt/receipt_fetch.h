/* SPDX-License-Identifier: Apache-2.0 */
/* receipt_fetch.h - fetch the last receipt of a stream from the target.
 *
 * Layer: ops.
 */
#ifndef OPS_RECEIPT_RECEIPT_FETCH_H
#define OPS_RECEIPT_RECEIPT_FETCH_H

#include "ops/receipt/receipt.h"
#include "registry/connection/client.h"

/*
 * Without a record of the bundle's stream: fetch the receipt of its last import from the
 * target.  It contains an index.json with its signatures, and counts if the policy
 * accepts those.
 * Returns: 1 and *out, 0 when none counts (with a warning), -1.
 * Errors:  ERR_SIGNAL.
 */
int receipt_recall(const struct verified *v, const struct verify_options *options,
                   const struct target *target, struct client *client,
                   struct trust_last *out, struct err *err);

#endif
