/* SPDX-License-Identifier: Apache-2.0 */
/* render_images.h - the images of a set with their platforms, sizes and digests, and what
 * is attached to them below them.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_IMAGES_H
#define RENDER_RENDER_IMAGES_H

#include "images/image_details.h"
#include "render/result.h"

/* A table, and the JSON array "images".  details: one for each entry. */
void render_images(struct result *r, const struct image_set *set,
                   const struct image_details *details);

#endif
