/* SPDX-License-Identifier: Apache-2.0 */
/* render_export.h - what an export found, wrote, and could not fetch.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_EXPORT_H
#define RENDER_RENDER_EXPORT_H

#include "render/result.h"
#include "ops/export/export.h"

/* key_name: the file of the signing key, as the user gave it. */
void result_export(struct result *r, const struct export_options *options,
                   const struct export_result *x, const char *key_name);

/* Old volumes of a larger set that were removed, and remaining files of another bundle of
 * that name; also when the export failed afterwards. */
void result_removed(struct result *r, const struct export_result *x);

#endif
