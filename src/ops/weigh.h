/* weigh.h - how many bytes an image is, itself and all it reaches, each object once.
 *
 * Layer: ops.
 */
#ifndef OPS_WEIGH_H
#define OPS_WEIGH_H

#include "oci/graph.h"

struct scales;

/* For a finished graph, borrowed. */
struct scales *scales_new(const struct graph *graph);
void scales_free(struct scales *s);
void scales_release(struct scales **s);

uint64_t scales_weigh(struct scales *s, uint32_t id);

#endif
