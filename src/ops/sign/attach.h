/* SPDX-License-Identifier: Apache-2.0 */
/* attach.h - add signatures made elsewhere to a bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_SIGN_ATTACH_H
#define OPS_SIGN_ATTACH_H

#include "ops/sign/sign.h"

/*
 * Add signatures: sigstore bundles, bare ones, raw or in base64, and CMS.  All are
 * checked before the first is added, all in the form that sealift writes.
 * Errors: ERR_TRUST "bad-signature" - not of this index by one of the keys, or by the
 * certificate in it; ERR_USAGE - made with a key, but none was given; those of
 * sign_run().
 */
MUST_USE int attach_run(struct attach_result *out, const struct attach_options *options,
                        struct err *err);
void attach_result_release(struct attach_result *r);

#endif
