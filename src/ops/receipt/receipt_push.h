/* SPDX-License-Identifier: Apache-2.0 */
/* receipt_push.h - push a receipt to the target.
 *
 * Layer: ops.
 */
#ifndef OPS_RECEIPT_RECEIPT_PUSH_H
#define OPS_RECEIPT_RECEIPT_PUSH_H

#include "base/clock.h"
#include "ops/receipt/receipt.h"
#include "registry/connection/client.h"

/*
 * The repository path of the receipts of a stream, below the target's prefix.
 * Errors: ERR_USAGE - the stream is not a valid repository name.
 */
MUST_USE int receipt_path(char out[REFERENCE_PATH_MAX + 1], const struct target *target,
                          const char *stream, struct err *err);

/* The name of the repository of the receipts of copies, below the target's prefix. */
#define RECEIPT_COPY_NAME "sealift-copy"

/* The tag of the receipt of a copy: its time. */
void receipt_copy_tag(char out[CLOCK_TEXT_MAX], uint64_t time);

/* Push the receipt of a copy under that tag and latest.  Errors: those of push.h. */
MUST_USE int receipt_push_copy(const struct receipt *r,
                               const struct copy_receipt_facts *facts,
                               struct session *session, struct err *err);

/* Push it next to the images.  Errors: those of push.h. */
MUST_USE int receipt_push(const struct receipt *r, const struct receipt_facts *facts,
                          struct session *session, struct err *err);

#endif
