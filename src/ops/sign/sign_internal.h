/* SPDX-License-Identifier: Apache-2.0 */
/* sign_internal.h - what sign.c and attach.c share.
 *
 * Layer: ops, private.
 */
#ifndef OPS_SIGN_SIGN_INTERNAL_H
#define OPS_SIGN_SIGN_INTERNAL_H

#include "ops/sign/sign.h"

/* Put it into the bundle, and read the head again to see that it is there. */
MUST_USE int signable_add(struct signable *s, const struct signature_file *f,
                          struct err *err);

/* Is there a file of that name with a good signature?  key NULL: by a certificate. */
bool signable_has(struct signable *s, const char *name, const struct pki_key *key);

#endif
