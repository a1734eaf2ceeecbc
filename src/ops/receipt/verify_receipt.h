/* SPDX-License-Identifier: Apache-2.0 */
/* verify_receipt.h - is this receipt what the importing host signed?
 *
 * Layer: ops.
 */
#ifndef OPS_RECEIPT_VERIFY_RECEIPT_H
#define OPS_RECEIPT_VERIFY_RECEIPT_H

#include "ops/receipt/receipt.h"

struct verified_receipt {
    struct signature_check signers; /* filled also when nobody counts */
    struct receipt_summary summary;
};

/*
 * path: the receipt; its signature is path.sigstore.json.
 * Errors: ERR_TRUST of trust_admit(); those of receipt_read() and file.h.
 */
MUST_USE int verify_receipt(struct verified_receipt *out, const char *path,
                            const struct trust_store *store, struct err *err);
void verified_receipt_release(struct verified_receipt *v);

#endif
