/* SPDX-License-Identifier: Apache-2.0 */
/* byte_stream.h - bytes that are read from, or written to, an offset: of a file, of
 * memory, of a member of a bundle, of an HTTP body.
 *
 * Layer: base.
 */
#ifndef BASE_BYTE_STREAM_H
#define BASE_BYTE_STREAM_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

/* Readable from any offset, so that a transfer can be repeated. */
struct byte_source {
    /* Up to len bytes; 0 only at the end; -1 with *err set. */
    ssize_t (*read_at)(void *ctx, void *out, size_t len, uint64_t offset,
                       struct err *err);
    void *ctx;
    uint64_t size; /* bytes */
};

/* Takes bytes in order.  An offset of 0 after others: all of it comes again. */
struct byte_sink {
    int (*write_at)(void *ctx, uint64_t offset, const void *bytes, size_t len,
                    struct err *err);
    void *ctx;
};

/* Bytes in memory, borrowed. */
struct byte_block {
    const void *data;
    size_t len;
};

struct byte_source byte_block_source(struct byte_block *block);

/*
 * Into a buffer, which must be empty and whose maximum bounds it.
 * Errors of the sink: ERR_LIMIT.
 */
struct byte_sink byte_buf_sink(struct buf *out);

#endif
