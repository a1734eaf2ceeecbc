/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/local_images.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 256 << 10 }; /* bytes read at a time */

void
local_images_release(struct local_images *l)
{
    if (l->close)
        l->close(l->source.ctx);
    free(l->items);
    *l = (struct local_images)LOCAL_IMAGES_INIT;
}

void
local_image_name(struct local_image *image, const char *full)
{
    const char *text = full && full[0] != '\0' ? full : image->label;

    image->has_name =
        text[0] != '\0' && !reference_is_tag(text) &&
        reference_parse(&image->name, text, strlen(text), err_ignored()) == 0;
}

static int
check_size(const struct byte_source *blob, const struct image_object *what,
           struct err *err)
{
    if (blob->size == what->size || what->size == UINT64_MAX)
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                       "it has %llu bytes instead of %llu",
                       (unsigned long long)blob->size, (unsigned long long)what->size);
}

static int
check_digest(const struct digest *found, const struct digest *wanted, struct err *err)
{
    return digest_equal(found, wanted) ? 0
                                       : err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                                                     "its bytes have another digest");
}

static int
read_all(const struct byte_source *blob, void *out, size_t len, uint64_t offset,
         struct err *err)
{
    for (size_t have = 0; have < len;) {
        ssize_t n =
            blob->read_at(blob->ctx, (char *)out + have, len - have, offset + have, err);

        if (n < 0)
            return -1;
        if (n == 0)
            return err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                               "it was truncated while it was being read");
        have += (size_t)n;
    }
    return 0;
}

int
local_fetch_document(const struct byte_source *blob, const struct image_object *what,
                     struct image_document *out, struct err *err)
{
    struct digest found;

    if (check_size(blob, what, err) < 0)
        return -1;
    if (blob->size > DOCUMENT_BYTES_MAX ||
        buf_resize(&out->bytes, (size_t)blob->size) < 0)
        return err_set(err, ERR_LIMIT, "a document of more than %u bytes",
                       DOCUMENT_BYTES_MAX);
    if (read_all(blob, out->bytes.data, out->bytes.len, 0, err) < 0 ||
        hash_bytes(what->digest->alg, out->bytes.data, out->bytes.len, &found, err) < 0 ||
        check_digest(&found, what->digest, err) < 0) {
        buf_clear(&out->bytes); /* bytes that failed the check must not be used */
        return -1;
    }
    out->digest = *what->digest;
    out->media_type[0] = '\0';
    return 0;
}

/* Everything from that offset on, whose beginning is hashed already. */
static int
pass_on(const struct byte_source *blob, struct hash *hash, uint64_t from,
        const struct byte_sink *sink, struct err *err)
{
    CLEANUP(buf_release) struct buf piece = BUF_INIT(PIECE);

    if (buf_resize(&piece, PIECE) < 0)
        return err_set(err, ERR_INTERNAL, "a buffer of %d bytes", PIECE);
    for (uint64_t at = from; at < blob->size;) {
        size_t len = blob->size - at < PIECE ? (size_t)(blob->size - at) : PIECE;

        if (read_all(blob, piece.data, len, at, err) < 0 ||
            hash_add(hash, piece.data, len, err) < 0 ||
            sink->write_at(sink->ctx, at, piece.data, len, err) < 0)
            return -1;
        at += len;
    }
    return 0;
}

static int
fetch_from_start(const struct byte_source *blob, const struct digest *wanted,
                 const struct byte_sink *sink, struct err *err)
{
    CLEANUP(hash_release) struct hash hash = HASH_INIT;
    struct digest found;

    if (hash_start(&hash, wanted->alg, err) < 0 ||
        pass_on(blob, &hash, 0, sink, err) < 0 || hash_finish(&hash, &found, err) < 0)
        return -1;
    return check_digest(&found, wanted, err);
}

int
local_fetch_blob(const struct byte_source *blob, const struct image_object *what,
                 struct blob_prefix *prefix, const struct byte_sink *sink,
                 struct err *err)
{
    struct digest found;

    if (check_size(blob, what, err) < 0)
        return -1;
    if (!prefix || prefix->len == 0 || prefix->len >= blob->size)
        return fetch_from_start(blob, what->digest, sink, err);
    if (pass_on(blob, &prefix->hash, prefix->len, sink, err) < 0 ||
        hash_finish(&prefix->hash, &found, err) < 0)
        return -1;
    return digest_equal(&found, what->digest)
               ? 0
               : fetch_from_start(blob, what->digest, sink, err); /* the prefix was bad */
}

int
local_no_referrers(void *ctx, unsigned worker, const struct reference *in,
                   const struct digest *subject, struct referrers *out, struct err *err)
{
    (void)ctx, (void)worker, (void)in, (void)subject, (void)out, (void)err;
    return 0;
}
