/* SPDX-License-Identifier: Apache-2.0 */
/* blob_index.h - the blobs that an older or unfinished bundle holds, or may hold.
 *
 * Names and places are taken from its headers, and nothing of it is trusted: whoever
 * takes a blob from there hashes it.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_BLOB_INDEX_H
#define BUNDLE_READER_BLOB_INDEX_H

#include "base/digest_map.h"
#include "bundle/format/layout.h"
#include "io/file/volumes.h"

struct blob_index {
    struct volumes file;           /* borrowed */
    struct bundle_member *members; /* in the order of the file */
    size_t count;
    struct digest_map by_digest; /* of members */
};

#define BLOB_INDEX_INIT                                                                  \
    {                                                                                    \
        .members = NULL                                                                  \
    }

/*
 * Look through the headers, as far as they are good.
 * Errors: those of bundle_head(): what comes before the blobs is none of a bundle.
 */
MUST_USE int blob_index_open(struct blob_index *out, struct volumes file,
                             struct err *err);
void blob_index_release(struct blob_index *s);

/* Where the body of a blob of that size begins, or would; false: not in there. */
bool blob_index_find(const struct blob_index *s, const struct digest *digest,
                     uint64_t size, uint64_t *offset);

/*
 * Was this file begun for that layout?  Then every blob has its place there already.
 * SHA256SUMS tells.
 */
bool blob_index_is_of(const struct volumes *file, const struct layout *l);

#endif
