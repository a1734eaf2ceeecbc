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
 * Nothing is remembered of the bundle's stream: look for the receipt of its last import
 * at the target.  What it carries, an index.json with its signatures, counts when the
 * policy would accept those. Returns: 1 and *out, 0 when there is none that counts (with
 * a warning), -1. Errors:  ERR_SIGNAL.
 */
int receipt_recall(const struct verified *v, const struct verify_options *options,
                   const struct target *target, struct client *client,
                   struct trust_last *out, struct err *err);

#endif
