/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/member_read.h"

#include "base/mem.h"
#include "bundle/reader/member_cursor.h"
#include "io/crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>

/* Large enough to amortise the calls, small enough for a core's cache. */
enum { CHUNK = 256 * 1024 };

/* Smaller bodies are copied as quickly; the pages of a view count as memory of the
 * process. */
enum { VIEW = 2 * 1024 * 1024, VIEW_MIN_BODY = 2 * VIEW };

int
bundle_advise(struct err *err)
{
    return err_hint(err, err->kind == ERR_LOCAL
                             ? "the medium cannot be read there: copy the bundle again, "
                               "to a different medium"
                             : "the copy is damaged there: copy the bundle again");
}

static int
other_content(const struct bundle_content *c, const struct bundle_member *m,
              const char *name, struct err *err)
{
    err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                "%s, %" PRIu64 " bytes from byte %" PRIu64 " does not match its digest",
                name, m->size, m->offset);
    volumes_blame(&c->file, m->offset, m->size, err);
    return bundle_advise(err);
}

/* Hash part of a body, reading it through a buffer of one CHUNK. */
static int
add_read(const struct bundle_content *c, uint64_t at, size_t want, void *piece,
         struct hash *h, struct err *err)
{
    ssize_t n = volumes_read(&c->file, piece, want, at, err);

    if (n < 0) {
        volumes_blame(&c->file, at, want, err);
        return bundle_advise(err);
    }
    if ((size_t)n < want)
        return truncated_error(err, at + (uint64_t)n, "a blob");
    return hash_add(h, piece, want, err);
}

/* Hash part of a body in place.  1: these bytes have to be read. */
static int
add_in_place(const struct bundle_content *c, uint64_t at, size_t want, struct hash *h,
             struct err *err)
{
    struct view view;
    int rc;

    if (volumes_view(&c->file, at, want, &view) < 0)
        return 1;
    volumes_read_soon(&c->file, at + want, VIEW); /* in parallel with hashing */
    rc = hash_add(h, view.bytes, want, err);
    view_release(&view);
    return rc;
}

static int
hash_body(const struct bundle_content *c, const struct bundle_member *m,
          const struct body_check *how, struct digest *out, struct err *err)
{
    CLEANUP(hash_release) struct hash h = HASH_INIT;
    CLEANUP(mem_free_string) char *piece = xmalloc(m->size < CHUNK ? m->size : CHUNK);
    bool in_place = how->in_place && m->size >= VIEW_MIN_BODY;
    uint64_t done = 0;

    if (hash_start(&h, m->digest.alg, err) < 0)
        return -1;
    while (done < m->size) {
        uint64_t at = m->offset + done, left = m->size - done;
        uint64_t most = in_place ? VIEW : CHUNK;
        size_t want = (size_t)(left < most ? left : most);
        int rc;

        if (cancel_wanted(&how->run->cancel))
            return cancel_error(err);
        rc = in_place ? add_in_place(c, at, want, &h, err)
                      : add_read(c, at, want, piece, &h, err);
        if (rc < 0)
            return -1;
        if (rc == 0) {
            done += want;
            events_done(&how->run->events, want);
        } else {
            in_place = false;
        }
    }
    return hash_finish(&h, out, err);
}

int
bundle_check_member(const struct bundle_content *c, size_t member,
                    const struct body_check *how, struct err *err)
{
    const struct bundle_member *m = &c->members[member];
    char name[BUNDLE_BLOB_NAME_MAX];
    struct digest d;

    bundle_blob_name(&m->digest, name);
    if (hash_body(c, m, how, &d, err) < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "%s", name);
    if (!digest_equal(&d, &m->digest))
        return other_content(c, m, name, err);
    return padding_check(&c->file, name, m->offset, m->size, err);
}

static int
read_body(const struct bundle_content *c, const struct bundle_member *m, const char *name,
          struct buf *out, struct err *err)
{
    struct digest d;
    ssize_t n;

    if (m->size > out->max || buf_resize(out, (size_t)m->size) < 0)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "%s has %" PRIu64 " bytes, at most %zu", name, m->size,
                           out->max);
    n = volumes_read(&c->file, out->data, out->len, m->offset, err);
    if (n < 0)
        return err_wrap(err, "%s", name);
    if ((size_t)n < out->len)
        return truncated_error(err, m->offset + (uint64_t)n, name);
    if (hash_bytes(m->digest.alg, out->data, out->len, &d, err) < 0)
        return -1;
    if (!digest_equal(&d, &m->digest))
        return other_content(c, m, name, err);
    return padding_check(&c->file, name, m->offset, m->size, err);
}

int
bundle_read_member(const struct bundle_content *c, size_t member, struct buf *out,
                   struct err *err)
{
    const struct bundle_member *m = &c->members[member];
    char name[BUNDLE_BLOB_NAME_MAX];

    bundle_blob_name(&m->digest, name);
    buf_clear(out);
    if (read_body(c, m, name, out, err) == 0)
        return 0;
    buf_clear(out); /* bytes that failed the check must not be used */
    return -1;
}
