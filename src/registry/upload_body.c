#include "config.h"
#include "registry/upload.h"

#include <inttypes.h>
#include <stdlib.h>

void
upload_release(struct upload *up)
{
    hash_release(&up->hash);
    free(up->location);
}

int
upload_check_digest(struct upload *up, struct err *err)
{
    struct digest got;

    if (hash_finish(&up->hash, &got, err) < 0)
        return -1;
    if (digest_equal(&got, up->digest))
        return 0;
    return err_because(err, ERR_INTEGRITY, "digest",
                       "the bytes to upload have another digest");
}

/* The last piece is only handed out when all of it is what its digest says. */
static ssize_t
read_hashed(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    struct upload *up = ctx;
    ssize_t got;

    if (offset == 0) {
        up->hashed = 0;
        if (hash_start(&up->hash, up->digest->alg, err) < 0)
            return -1;
    }
    if (offset != up->hashed)
        return err_set(err, ERR_INTERNAL, "an upload was resumed in the middle");
    got = up->source->read(up->source->ctx, out, len, offset, err);
    if (got < 0)
        return -1;
    if (got == 0)
        return err_because(err, ERR_INTEGRITY, "truncated",
                           "the bytes to upload end after %" PRIu64 " of %" PRIu64,
                           offset, up->size);
    if (hash_add(&up->hash, out, (size_t)got, err) < 0)
        return -1;
    up->hashed += (uint64_t)got;
    return up->hashed == up->size && upload_check_digest(up, err) < 0 ? -1 : got;
}

struct http_source
upload_body(struct upload *up)
{
    return (struct http_source){.read = read_hashed, .ctx = up, .size = up->size};
}
