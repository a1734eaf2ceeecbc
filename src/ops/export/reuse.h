/* SPDX-License-Identifier: Apache-2.0 */
/* reuse.h - bytes of blobs that need not be fetched, because an earlier run or an older
 * bundle has them.
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

/* Where to look.  Only read while workers run. */
struct reuse {
    struct blob_index *stocks; /* bundles, and what was set aside: in this order */
    struct volume_set *files;  /* of each, owned */
    size_t count;
    bool in_place; /* the file that is written goes on from an earlier run */
};

#define REUSE_INIT                                                                       \
    {                                                                                    \
        .stocks = NULL                                                                   \
    }
void reuse_release(struct reuse *s);

/*
 * Add a bundle to take blobs from, or the beginnings of them.  The files are taken over.
 * Errors: those of blob_index_open(): it is no bundle.
 */
MUST_USE int reuse_add(struct reuse *s, struct volume_set *files, struct err *err);

/* One blob and where it is to be. */
struct reuse_blob {
    const struct volumes *file;
    uint64_t offset, size;
    const struct digest *digest;
};

/*
 * Bring into its place what is at hand of a blob, and hash it there.
 * Returns: 1 all of it; 0 with *prefix, of which the rest is lacking (all, when its len
 *          is 0); -1.
 * Errors:  ERR_LOCAL - it cannot be written; ERR_SIGNAL.
 */
int reuse_blob(const struct reuse *s, const struct reuse_blob *blob,
               struct blob_prefix *prefix, struct cancel *cancel, struct err *err);

#endif
