/* SPDX-License-Identifier: Apache-2.0 */
/* render_verify.h - what verifying a bundle found out.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_VERIFY_H
#define RENDER_RENDER_VERIFY_H

#include "ops/verify/verified.h"
#include "render/result.h"

/* As much as the check found out.  path: as the user gave it; err: how it ended. */
void result_verified(struct result *r, const char *path, const struct verified *v,
                     const struct verify_options *options, const struct err *err);

/* "layers    12 unpacked, 3 not: 2 of artifacts, 1 of a type other than tar" */
void result_layers(struct result *r, const struct bundle_content *c);

#endif
