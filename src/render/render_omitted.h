/* SPDX-License-Identifier: Apache-2.0 */
/* render_omitted.h - which platforms of an image are not in a bundle.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_OMITTED_H
#define RENDER_RENDER_OMITTED_H

#include "images/image_set.h"
#include "oci/graph_walk.h"
#include "render/result.h"

/*
 * "left out  linux/arm64 of NAME", "lacks ..." for what could not be fetched, and the
 * member "omitted" of an image's JSON object, when something is left out.  walk: for the
 * graph of the set.
 */
void result_omitted(struct result *r, struct jsout *image, const struct image_set *set,
                    struct graph_walk *walk, const struct image_entry *entry);

/* The JSON array "missing" alone. */
void result_put_missing(struct result *r, const struct missing_list *missing);

/* For how many names nothing attached was searched. */
void result_no_referrers(struct result *r, size_t names);

/* "missing   NAME" lines and the JSON array "missing": what the export could not
 * fetch. */
void result_missing(struct result *r, const struct missing_list *missing);

#endif
