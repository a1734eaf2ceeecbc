/* SPDX-License-Identifier: Apache-2.0 */
/* render_found.h - the images that files name.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_FOUND_H
#define RENDER_RENDER_FOUND_H

#include "lists/found_list.h"
#include "render/result.h"

/* One name a line, those of at least that confidence. */
void render_found(struct result *r, const struct found_list *found,
                  enum confidence at_least);

/* All names with their places as JSON, which takes much more memory than the text. */
void render_found_json(struct result *r, const struct found_list *found,
                       enum confidence at_least);

/* All places of one. */
void render_found_places(struct result *r, const struct found_image *image);

#endif
