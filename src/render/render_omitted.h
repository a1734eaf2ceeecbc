/* SPDX-License-Identifier: Apache-2.0 */
/* render_omitted.h - which platforms of an image are not in a bundle.
 *
 * Layer: render.
 */
#ifndef RENDER_RENDER_OMITTED_H
#define RENDER_RENDER_OMITTED_H

#include "render/result.h"
#include "oci/graph.h"
#include "ops/plan/failures.h"

/*
 * "left out  linux/arm64 of NAME", "lacks ..." for what could not be had, and the member
 * "omitted" of the JSON object of an image, when there is anything to tell.  root: its
 * top-level document in a finished graph that walk is for.  gaps may be NULL.
 */
void result_omitted(struct result *r, struct jsout *image, const struct graph *graph,
                    struct graph_walk *walk, struct failures *failures, uint32_t root,
                    const char *name);

/* "missing   NAME" lines and the JSON array "missing": what the export could not have. */
void result_missing(struct result *r, const struct missing_list *missing);

#endif
