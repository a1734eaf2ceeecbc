/* SPDX-License-Identifier: Apache-2.0 */
/* graph_internal.h - shared by graph.c (feeding) and graph_walk.c (finishing, walking).
 *
 * Layer: oci.
 */
#ifndef OCI_GRAPH_INTERNAL_H
#define OCI_GRAPH_INTERNAL_H

#include "base/digest_map.h"
#include "oci/graph.h"

enum {
    GRAPH_BLOCK = 1024
}; /* objects are allocated in blocks of this size and never move */

struct graph_node {
    struct graph_object object;
    uint32_t id;
    uint32_t own_type; /* text; its own mediaType, once classified */
    uint32_t claims;   /* the unknown types that indexes give it: 1 + first claim, or 0 */
    uint8_t named_as;  /* bit 1 << media_kind of every type that makes it a document */
    uint8_t levels;    /* graph_finish(): levels of indexes from here down */
    bool is_certain;   /* it is a document: some descriptor's type is a document type */
    bool is_judged;    /* its bytes were read and did not make it a document so far */
    bool is_typed;     /* object.media_type is final */
};

/* An index lists an object by an unknown type. */
struct graph_claim {
    uint32_t type; /* text */
    uint32_t next; /* 1 + claim, or 0 */
};

struct graph_text {
    char *text; /* first: it is the key of the tree */
    uint32_t id;
};

struct graph_root {
    uint32_t id;
    uint32_t media_type; /* text */
};

struct graph {
    enum err_kind kind;
    struct graph_node *blocks[(GRAPH_OBJECTS_MAX + GRAPH_BLOCK - 1) / GRAPH_BLOCK];
    uint32_t count;
    struct digest_map by_digest; /* struct graph_node */
    struct graph_root *roots;
    size_t root_count, root_cap;
    struct graph_text **texts; /* texts[0] is "" */
    size_t text_count, text_cap;
    void *by_text; /* tree of struct graph_text */
    struct graph_claim *claims;
    size_t claim_count, claim_cap;
    uint32_t *queue; /* ids in GRAPH_WANTED, in order; from queue_head on */
    size_t queue_head, queue_count, queue_cap;
    size_t edge_count;
    void (*watch)(void *ctx, const struct document *doc, bool *omit); /* or NULL */
    void *watch_ctx;
    size_t omitted_count;
    uint32_t *order, *omitted; /* set by graph_finish() */
};

struct graph_node *graph_node(const struct graph *g, uint32_t id);
int graph_too_deep(const struct graph *g, struct err *err);

#endif
