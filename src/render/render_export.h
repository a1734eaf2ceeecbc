/* SPDX-License-Identifier: Apache-2.0 */
/* render_export.h - what an export found, wrote, and could not have.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_EXPORT_H
#define RENDER_RENDER_EXPORT_H

#include "render/result.h"
#include "ops/export/export.h"

/* key_name: the file of the key that signed it, as the user gave it. */
void result_export(struct result *r, const struct export_options *options,
                   const struct export_result *x, const char *key_name);

/* Volumes of a larger set that are gone, also when the export failed after that. */
void result_removed(struct result *r, const struct export_result *x);

#endif
