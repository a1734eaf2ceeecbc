/* SPDX-License-Identifier: Apache-2.0 */
/* sign_internal.h - shared by sign.c and attach.c.
 *
 * Layer: ops, private.
 */
#ifndef OPS_SIGN_SIGN_INTERNAL_H
#define OPS_SIGN_SIGN_INTERNAL_H

#include "ops/sign/sign.h"

/* Add it to the bundle, and read the head again to check. */
MUST_USE int signable_add(struct signable *s, const struct signature_file *f,
                          struct err *err);

/* Whether a file of that name has a valid signature.  key NULL: by a certificate. */
bool signable_has(struct signable *s, const char *name, const struct pki_key *key);

#endif
