/* SPDX-License-Identifier: Apache-2.0 */
/* index_edit.h - indexes that sealift writes: a selection of another index's children, or
 * an index with children added.  Everything else is kept, unknown members too.
 *
 * Layer: oci.
 * Source: OCI image-spec v1.1, image-index.md.
 */
#ifndef OCI_INDEX_EDIT_H
#define OCI_INDEX_EDIT_H

#include "base/buf.h"
#include "base/digest.h"

#include <stdbool.h>
#include <stdint.h>

/* The change to one child. */
struct child_edit {
    bool drop;
    bool replace; /* replace it by this; other members of its descriptor are kept */
    struct digest digest;
    uint64_t size;
};

/*
 * The index with its children edited, one edit for each; out must be empty.
 * Errors: ERR_INTERNAL - the bytes are not an index with that many children; ERR_LIMIT.
 */
MUST_USE int index_edit(const void *bytes, size_t len, const struct child_edit *edits,
                        size_t count, struct buf *out, struct err *err);

/* A manifest that refers to another one: its bytes and names. */
struct attachment {
    const void *bytes;
    size_t len;
    const char *media_type;
    struct digest digest;
};

/*
 * An OCI index with a list of referrers: the old one (len 0: none) followed by the
 * attachments it lacks, described with their artifact type and annotations; out must be
 * empty. *added: their number.
 * Errors: ERR_PROTOCOL - one of the documents is malformed; ERR_LIMIT.
 */
MUST_USE int index_attach(const void *old, size_t len, const struct attachment *items,
                          size_t count, struct buf *out, size_t *added, struct err *err);

#endif
