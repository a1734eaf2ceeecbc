/* SPDX-License-Identifier: Apache-2.0 */
/* reuse.h - blob data that need not be fetched, from an earlier run or an older bundle.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_REUSE_H
#define OPS_EXPORT_REUSE_H

#include "base/cancel.h"
#include "base/events.h"
#include "bundle/reader/blob_index.h"
#include "images/image_source.h"
#include "io/file/volume_set.h"

/* The sources.  Read-only while workers run. */
struct reuse {
    struct blob_index *stocks; /* bundles, then files set aside, in this order */
    struct volume_set *files;  /* one for each stock, owned */
    size_t count;
    bool in_place; /* the file being written was resumed */
};

#define REUSE_INIT                                                                       \
    {                                                                                    \
        .stocks = NULL                                                                   \
    }
void reuse_release(struct reuse *s);

/*
 * Add a bundle as a source of blobs, complete or partial.  Takes ownership of the files.
 * Errors: those of blob_index_open(): not a bundle.
 */
MUST_USE int reuse_add(struct reuse *s, struct volume_set *files, struct err *err);

/* A blob and its place. */
struct reuse_blob {
    const struct volumes *file;
    uint64_t offset, size;
    const struct digest *digest;
};

/*
 * Copy the available data of a blob to its place, and hash it there.
 * Returns: 1 complete; 0 with *prefix, after which data is missing (all, when its len is
 *          0); -1.
 * Errors:  ERR_LOCAL - it cannot be written; ERR_SIGNAL.
 */
int reuse_blob(const struct reuse *s, const struct reuse_blob *blob,
               struct blob_prefix *prefix, struct cancel *cancel, struct err *err);

#endif
