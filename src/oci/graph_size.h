/* SPDX-License-Identifier: Apache-2.0 */
/* graph_size.h - how many bytes an image is, itself and all it reaches, each object once.
 *
 * Layer: oci.
 */
#ifndef OCI_GRAPH_SIZE_H
#define OCI_GRAPH_SIZE_H

#include "oci/graph.h"

struct graph_size;

/* For a finished graph, borrowed. */
struct graph_size *graph_size_new(const struct graph *graph);
void graph_size_release(struct graph_size **s);

uint64_t graph_size_add(struct graph_size *s, uint32_t id);

#endif
