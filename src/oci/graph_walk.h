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
 * Nothing more is needed: fix roles and the order of members.
 * Errors: the graph's kind - too deep, total size overflows, something never fed.
 */
MUST_USE int graph_finish(struct graph *g, struct err *err);

size_t graph_count(const struct graph *g);
const struct graph_object *graph_object(const struct graph *g, uint32_t id);
size_t graph_root_count(const struct graph *g);
uint32_t graph_root(const struct graph *g, size_t index);
/* For output, "" when the descriptor has none; and as normalised by platform.h. */
const char *graph_platform(const struct graph *g, const struct graph_edge *edge);
const char *graph_spec(const struct graph *g, const struct graph_edge *edge);
const char *graph_media_type(const struct graph *g, const struct graph_edge *edge);

/*
 * After graph_finish(): the ids of all objects that are not left out, in member order:
 * documents (parents first), configs, others; within each group by first appearance,
 * depth first from the roots.  A document that is also used as a layer appears where it
 * is used as a document.
 */
const uint32_t *graph_order(const struct graph *g);
size_t graph_member_count(const struct graph *g);

/*
 * After graph_finish(): the ids of the objects left out, by the documents that list them,
 * in their order.
 */
const uint32_t *graph_omitted(const struct graph *g, size_t *count);

/*
 * After graph_finish(): visit everything a document reaches, itself included, without
 * what is left out.  fn is called once for each object and each of its two uses, as a
 * document and as a blob, parents before children.
 */
struct graph_walk; /* scratch memory, reusable for one graph */
struct graph_walk *graph_walk_new(const struct graph *g);
void graph_walk_free(struct graph_walk *w);
void graph_walk_release(struct graph_walk **w);
void graph_walk_root(struct graph_walk *w, uint32_t id,
                     void (*fn)(void *ctx, uint32_t id, bool as_document), void *ctx);

#endif
