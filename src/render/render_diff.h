/* SPDX-License-Identifier: Apache-2.0 */
/* render_diff.h - which names differ between two sides, and how.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_DIFF_H
#define RENDER_RENDER_DIFF_H

#include "ops/diff/diff_result.h"
#include "render/result.h"

void render_diff(struct result *r, const struct diff_result *d);

#endif
