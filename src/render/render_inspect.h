/* SPDX-License-Identifier: Apache-2.0 */
/* render_inspect.h - what is in a bundle that was not verified.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_INSPECT_H
#define RENDER_RENDER_INSPECT_H

#include "ops/verify/inspect.h"
#include "render/result.h"

/* path: as the user gave it. */
void result_inspection(struct result *r, const char *path, const struct inspection *x);

#endif
