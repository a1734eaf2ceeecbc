/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/byte_stream.h"

#include <string.h>

static ssize_t
read_block_at(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    const struct byte_block *block = ctx;
    size_t left = offset < block->len ? block->len - (size_t)offset : 0;

    (void)err;
    if (len > left)
        len = left;
    if (len > 0)
        memcpy(out, (const char *)block->data + offset, len);
    return (ssize_t)len;
}

struct byte_source
byte_block_source(struct byte_block *block)
{
    return (struct byte_source){
        .read_at = read_block_at, .ctx = block, .size = block->len};
}

static int
write_buf_at(void *ctx, uint64_t offset, const void *bytes, size_t len, struct err *err)
{
    struct buf *out = ctx;

    if (offset == 0)
        buf_clear(out);
    return buf_add(out, bytes, len) < 0
               ? err_set(err, ERR_LIMIT, "more than %zu bytes", out->max)
               : 0;
}

struct byte_sink
byte_buf_sink(struct buf *out)
{
    return (struct byte_sink){.write_at = write_buf_at, .ctx = out};
}
