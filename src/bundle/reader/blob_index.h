/* SPDX-License-Identifier: Apache-2.0 */
/* blob_index.h - the blobs that an older or unfinished bundle may contain.
 *
 * Names and offsets come from its headers, which are not trusted: blobs taken from it
 * must be hashed.
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
    struct bundle_member *members; /* in file order */
    size_t count;
    struct digest_map by_digest; /* of members */
};

#define BLOB_INDEX_INIT                                                                  \
    {                                                                                    \
        .members = NULL                                                                  \
    }

/*
 * Read the headers up to the first that is malformed.
 * Errors: those of bundle_head(): what precedes the blobs is not the head of a bundle.
 */
MUST_USE int blob_index_open(struct blob_index *out, struct volumes file,
                             struct err *err);
void blob_index_release(struct blob_index *s);

/* Offset of the body of a blob of that size, complete or not; false: not listed. */
bool blob_index_find(const struct blob_index *s, const struct digest *digest,
                     uint64_t size, uint64_t *offset);

/*
 * Whether this file was started for that layout, so that every blob has its place in it.
 * Decided by SHA256SUMS.
 */
bool blob_index_is_of(const struct volumes *file, const struct layout *l);

#endif
