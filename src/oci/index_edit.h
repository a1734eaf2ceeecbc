/* SPDX-License-Identifier: Apache-2.0 */
/* index_edit.h - indexes that sealift makes itself: of some children of another one, or
 * with children added.  What is not changed stays as it was, unknown members too.
 *
 * Layer:  oci.
 * Source: OCI image-spec v1.1, image-index.md.
 */
#ifndef OCI_INDEX_EDIT_H
#define OCI_INDEX_EDIT_H

#include "base/buf.h"
#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>

/* What becomes of one child. */
struct child_edit {
    bool drop;
    bool replace; /* by this, which is described the same way otherwise */
    struct digest digest;
    uint64_t size;
};

/*
 * The index with its children edited, one edit for each; out must be empty.
 * Errors: ERR_INTERNAL - the bytes are no index of that many children; ERR_LIMIT.
 */
MUST_USE int index_edit(const void *bytes, size_t len, const struct child_edit *edits,
                        size_t count, struct buf *out, struct err *err);

/* A manifest that belongs to something: its bytes, and what they are called. */
struct attachment {
    const void *bytes;
    size_t len;
    const char *media_type;
    struct digest digest;
};

/*
 * An OCI index with a list of referrers: the old one (len 0: none), and behind it those
 * that it lacks, described with their artifact type and annotations; out must be empty.
 * *added: how many.
 * Errors: ERR_PROTOCOL - one of the documents is not what it should be; ERR_LIMIT.
 */
MUST_USE int index_attach(const void *old, size_t len, const struct attachment *items,
                          size_t count, struct buf *out, size_t *added, struct err *err);

#endif
