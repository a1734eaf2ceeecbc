/* SPDX-License-Identifier: Apache-2.0 */
/* rebuilt_index.h - replace sparse indexes, which list omitted children, by indexes of
 * the other children.
 *
 * The new bytes are determined by the old ones and by what is omitted, so the digest is
 * reproducible.
 *
 * Layer: images.
 */
#ifndef IMAGES_REBUILT_INDEX_H
#define IMAGES_REBUILT_INDEX_H

#include "base/buf.h"
#include "oci/graph.h"

/* The result for one object of the graph. */
struct rebuilt_index {
    bool is_known, is_new;
    struct digest digest; /* when it is new */
    uint64_t size;
};

struct index_rebuilding {
    const struct graph *graph; /* finished */
    /* The bytes of an index; worker: as for image_source. */
    int (*read)(void *ctx, unsigned worker, uint32_t index, struct buf *out,
                struct err *err);
    /* Whether an omitted child stays listed.  NULL: none does. */
    bool (*stays_listed)(void *ctx, uint32_t child);
    void *ctx;
    struct rebuilt_index *outcomes; /* by graph id */
};

/* outcomes: one for each object of the graph, all zero. */
void index_rebuilding_init(struct index_rebuilding *r, const struct graph *graph);
void index_rebuilding_release(struct index_rebuilding *r);

/*
 * Compute the result for an index: new when it lists omitted children, or a nested index
 * that does.  Other objects, and those that have a result, stay unchanged.
 * Errors: those of read(); ERR_LIMIT of index_edit().
 */
MUST_USE int index_rebuilding_add(struct index_rebuilding *r, uint32_t id,
                                  struct err *err);

/* The bytes of a new index, made again from the old ones; out must be empty. */
MUST_USE int index_rebuilding_bytes(const struct index_rebuilding *r, unsigned worker,
                                    uint32_t id, struct buf *out, struct err *err);

#endif
