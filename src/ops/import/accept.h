/* SPDX-License-Identifier: Apache-2.0 */
/* accept.h - trust in a bundle whose images are pushed: what is checked before, and
 * remembered after.  The same for import and for a copy from a bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_IMPORT_ACCEPT_H
#define OPS_IMPORT_ACCEPT_H

#include "ops/push/push_plan.h"
#include "ops/verify/verified.h"
#include "registry/connection/client.h"

/*
 * Before anything is sent: the targets that the policy allows, and where this machine has
 * no record of the stream, the one at the target.  target: where receipts are, or NULL.
 * Errors: ERR_TRUST "target", "rollback", "equivocation"; those of receipt_recall().
 */
MUST_USE int accept_begin(struct verified *v, const struct verify_options *options,
                          const struct push_plan *plan, const struct target *target,
                          struct client *client, struct err *err);

#endif
