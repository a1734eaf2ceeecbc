/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload_body.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

/* Keep the hash as it is now, if the last time is long enough ago. */
static int
set_mark(struct upload *up, struct err *err)
{
    uint64_t step = up->size / UPLOAD_MARKS_MAX + 1;
    uint64_t last = up->mark_count > 0 ? up->marks[up->mark_count - 1].at : 0;
    struct upload_mark *mark;

    if (step < UPLOAD_MARKS_STEP)
        step = UPLOAD_MARKS_STEP;
    if (up->mark_count == UPLOAD_MARKS_MAX || up->hashed < last + step)
        return 0;
    mark = &up->marks[up->mark_count++];
    mark->at = up->hashed;
    return hash_copy(&mark->hash, &up->hash, err);
}

/* Back to the last mark that is not behind `at`, or to the start.  Later marks go: they
 * were made of bytes that are read again. */
static int
go_back(struct upload *up, uint64_t at, struct err *err)
{
    size_t i = up->mark_count;

    while (i > 0 && up->marks[i - 1].at > at)
        hash_release(&up->marks[--i].hash);
    up->mark_count = i;
    if (i == 0) {
        up->hashed = 0;
        return hash_start(&up->hash, up->digest->alg, err);
    }
    up->hashed = up->marks[i - 1].at;
    return hash_copy(&up->hash, &up->marks[i - 1].hash, err);
}

/* Read the next bytes into out and the hash; at least one. */
static ssize_t
read_next(struct upload *up, void *out, size_t len, struct err *err)
{
    ssize_t got = up->source->read_at(up->source->ctx, out, len, up->hashed, err);

    if (got < 0)
        return -1;
    if (got == 0)
        return err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                           "the bytes to upload end after %" PRIu64 " of %" PRIu64,
                           up->hashed, up->size);
    if (hash_add(&up->hash, out, (size_t)got, err) < 0)
        return -1;
    up->hashed += (uint64_t)got;
    return set_mark(up, err) < 0 ? -1 : got;
}

/* Hash up to offset `at`: bytes that are sent again are hashed once. */
static int
hash_up_to(struct upload *up, uint64_t at, struct err *err)
{
    enum { STEP = 256 << 10 };
    CLEANUP(mem_free_string) char *scratch = NULL;

    if ((!up->hash.ctx || at == 0 || at < up->hashed) && go_back(up, at, err) < 0)
        return -1;
    if (up->hashed < at)
        scratch = xmalloc(STEP);
    while (up->hashed < at) {
        uint64_t left = at - up->hashed;

        if (read_next(up, scratch, left < STEP ? (size_t)left : STEP, err) < 0)
            return -1;
    }
    return 0;
}

static int
compare_digest(struct upload *up, struct err *err)
{
    struct digest got;

    if (hash_finish(&up->hash, &got, err) < 0)
        return -1;
    if (digest_equal(&got, up->digest))
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_CHANGED,
                       "the bytes to upload do not match the digest");
}

int
upload_check_digest(struct upload *up, struct err *err)
{
    if (up->hash.ctx && up->hashed == up->size && up->size > 0)
        return 0; /* checked when the last byte was sent */
    return hash_up_to(up, up->size, err) < 0 ? -1 : compare_digest(up, err);
}

static ssize_t
read_hashed(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    struct upload *up = ctx;
    uint64_t at = up->base + offset;
    ssize_t got;

    if ((at == 0 || at != up->hashed) && hash_up_to(up, at, err) < 0)
        return -1;
    got = read_next(up, out, len, err);
    return got >= 0 && up->hashed == up->size && compare_digest(up, err) < 0 ? -1 : got;
}

struct byte_source
upload_body(struct upload *up, uint64_t from, uint64_t len)
{
    up->base = from;
    return (struct byte_source){.read_at = read_hashed, .ctx = up, .size = len};
}
