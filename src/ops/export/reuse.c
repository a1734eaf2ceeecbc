/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/reuse.h"

#include "base/mem.h"

#include <stdlib.h>

enum {
    PIECE = 256 << 10, /* bytes read at a time */
    STRIDE =
        64
        << 10, /* after a power loss the last bytes of an unfinished blob may be zero */
    COPY_STEP = 8 << 20 /* bytes between two checks whether to stop */
};

void
reuse_release(struct reuse *s)
{
    for (size_t i = 0; i < s->count; i++) {
        blob_index_release(&s->stocks[i]);
        volume_set_release(&s->files[i]);
    }
    free(s->stocks);
    free(s->files);
    *s = (struct reuse)REUSE_INIT;
}

int
reuse_add(struct reuse *s, struct volume_set *files, struct err *err)
{
    size_t blob_index_cap = s->count, file_cap = s->count;
    struct blob_index stock = BLOB_INDEX_INIT;

    if (blob_index_open(&stock, files->volumes, err) < 0)
        return -1;
    s->stocks = mem_grow(s->stocks, s->count, &blob_index_cap, sizeof(*s->stocks));
    s->files = mem_grow(s->files, s->count, &file_cap, sizeof(*s->files));
    s->stocks[s->count] = stock;
    s->files[s->count++] = *files;
    *files = (struct volume_set)VOLUME_SET_INIT;
    return 0;
}

/* ---- data already in place ---- */

/* Hash bytes from..to of the blob.  1, 0 when they cannot be read, -1. */
static int
add_range(struct hash *h, const struct reuse_blob *blob, uint64_t from, uint64_t to,
          struct cancel *cancel, struct err *err)
{
    CLEANUP(mem_free_string) char *piece = xmalloc(PIECE);

    while (from < to) {
        size_t want = to - from < PIECE ? (size_t)(to - from) : PIECE;
        ssize_t n;

        if (cancel_wanted(cancel))
            return cancel_error(err);
        n = volumes_read(blob->file, piece, want, blob->offset + from, err_ignored());
        if (n < 0 || (size_t)n < want)
            return 0;
        if (hash_add(h, piece, want, err) < 0)
            return -1;
        from += want;
    }
    return 1;
}

/* Whether the file has the rest of the blob after the prefix.  1, 0, -1. */
static int
is_whole(const struct reuse_blob *blob, const struct blob_prefix *prefix,
         struct cancel *cancel, struct err *err)
{
    CLEANUP(hash_release) struct hash h = HASH_INIT;
    struct digest got;
    int rc;

    if (hash_copy(&h, &prefix->hash, err) < 0)
        return -1;
    rc = add_range(&h, blob, prefix->len, blob->size, cancel, err);
    if (rc == 1 && hash_finish(&h, &got, err) < 0)
        return -1;
    return rc == 1 ? digest_equal(&got, blob->digest) : rc;
}

/*
 * Blobs are filled from the start, so the data ends with the last byte that is not zero.
 * A blob may itself end with zeros, which are not a hole.
 */
static int
measure_prefix(const struct reuse_blob *blob, struct blob_prefix *prefix,
               struct cancel *cancel, struct err *err)
{
    uint64_t filled, used;
    int rc;

    prefix->len = 0;
    if (volumes_used(blob->file, blob->offset, blob->size, &filled, &used,
                     err_ignored()) < 0 ||
        used == 0)
        return 0;
    if (hash_start(&prefix->hash, blob->digest->alg, err) < 0)
        return -1;
    rc = add_range(&prefix->hash, blob, 0, used - used % STRIDE, cancel, err);
    if (rc != 1)
        return rc;
    prefix->len = used - used % STRIDE;
    if (filled < blob->size)
        return 0;
    rc = is_whole(blob, prefix, cancel, err);
    if (prefix->len == blob->size) /* complete, but wrong */
        prefix->len = 0;
    return rc;
}

/* ---- copying from elsewhere ---- */

/* Copy as much as the stock has from `offset` in it. */
static int
copy_from(const struct blob_index *stock, uint64_t offset, const struct reuse_blob *blob,
          struct cancel *cancel, struct err *err)
{
    uint64_t filled, used, len, done = 0;

    if (volumes_used(&stock->file, offset, blob->size, &filled, &used, err_ignored()) < 0)
        return 0;
    len = filled == blob->size ? filled : used;
    while (done < len) {
        uint64_t want = len - done < COPY_STEP ? len - done : COPY_STEP, copied;

        if (cancel_wanted(cancel))
            return cancel_error(err);
        if (volumes_copy(&stock->file, offset + done, blob->file, blob->offset + done,
                         want, &copied, err) < 0)
            return -1;
        volumes_write_soon(blob->file, blob->offset + done, copied);
        if (copied < want)
            break;
        done += copied;
    }
    return 0;
}

int
reuse_blob(const struct reuse *s, const struct reuse_blob *blob,
           struct blob_prefix *prefix, struct cancel *cancel, struct err *err)
{
    int rc = s->in_place ? measure_prefix(blob, prefix, cancel, err) : 0;

    for (size_t i = 0; rc == 0 && i < s->count; i++) {
        uint64_t offset;

        if (!blob_index_find(&s->stocks[i], blob->digest, blob->size, &offset))
            continue;
        if (copy_from(&s->stocks[i], offset, blob, cancel, err) < 0)
            return -1;
        rc = measure_prefix(blob, prefix, cancel, err);
    }
    return rc;
}
