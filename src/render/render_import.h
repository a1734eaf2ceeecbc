/* SPDX-License-Identifier: Apache-2.0 */
/* render_import.h - what an import verified and pushed, and its receipt.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_IMPORT_H
#define RENDER_RENDER_IMPORT_H

#include "ops/import/import.h"
#include "render/render_push.h"

/* What the result is shown for; borrowed. */
struct import_view {
    const char *path, *target; /* as the user gave them */
    const struct import_options *options;
    struct push_hints hints;
};

/* As much as is known.  err: how the import ended. */
void result_import(struct result *r, const struct import_view *view,
                   const struct import_result *x, const struct err *err);

/* "receipt ..." and the JSON member "receipt", where one was requested. */
void result_receipt(struct result *r, const struct import_view *view,
                    const struct import_result *x);

#endif
