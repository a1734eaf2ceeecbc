/* SPDX-License-Identifier: Apache-2.0 */
/* graph_walk.h - a finished graph: order of members, what is left out, what a document
 * reaches.
 *
 * Layer: oci.
 */
#ifndef OCI_GRAPH_WALK_H
#define OCI_GRAPH_WALK_H

#include "oci/graph.h"

/*
 * Nothing is wanted any more: fix roles and the order of members.
 * Errors: the graph's kind - too deep, total size overflows, something never fed.
 */
MUST_USE int graph_finish(struct graph *g, struct err *err);

size_t graph_count(const struct graph *g);
const struct graph_object *graph_object(const struct graph *g, uint32_t id);
size_t graph_root_count(const struct graph *g);
uint32_t graph_root(const struct graph *g, size_t index);
/* "" where the descriptor does not say: for people; and as platform.h normalises it. */
const char *graph_platform(const struct graph *g, const struct graph_edge *edge);
const char *graph_spec(const struct graph *g, const struct graph_edge *edge);
const char *graph_media_type(const struct graph *g, const struct graph_edge *edge);

/*
 * After graph_finish(): the ids of all that is not left out, in the order of the bundle's
 * members: documents (parents first), configs, others; in each group by first appearance,
 * depth first from the roots.  A document that is also somebody's layer appears where it
 * is used as a document.
 */
const uint32_t *graph_order(const struct graph *g);
size_t graph_member_count(const struct graph *g);

/*
 * After graph_finish(): the ids of what is left out, in the order of the documents that
 * list it, and in each as it lists them.
 */
const uint32_t *graph_omitted(const struct graph *g, size_t *count);

struct graph_walk *graph_walk_new(const struct graph *g);
void graph_walk_free(struct graph_walk *w);
void graph_walk_release(struct graph_walk **w);
void graph_walk_root(struct graph_walk *w, uint32_t id,
                     void (*fn)(void *ctx, uint32_t id, bool as_document), void *ctx);

#endif
