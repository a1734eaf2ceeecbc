/* SPDX-License-Identifier: Apache-2.0 */
/* render_trust.h - who signed, what that was worth, and what will be signed.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_TRUST_H
#define RENDER_RENDER_TRUST_H

#include "ops/sign/sign.h"
#include "render/result.h"
#include "trust/verdict.h"

/* "signed by ..." lines and the JSON array "signatures". */
void result_signers(struct result *r, const struct signature_check *signers);

/* The signers that counted, and the overrides used. */
void result_verdict(struct result *r, const struct trust_verdict *verdict,
                    const struct trust_wishes *wishes);

/* What is to be signed: the bundle, its claims, the digest of index.json. */
void result_signable(struct result *r, const char *path, const struct signable *bundle);

#endif
