/* SPDX-License-Identifier: Apache-2.0 */
/* render_archive.h - what a copy to an archive wrote.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_ARCHIVE_H
#define RENDER_RENDER_ARCHIVE_H

#include "ops/copy/copy_archive.h"
#include "render/result.h"

/* The images with their names in the archive, and counts.  target: as it was typed. */
void render_archive(struct result *r, const struct archive_result *x, const char *target,
                    bool done);

#endif
