/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/scan/scan_note.h"

#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

enum { PIECE = 128 * TAR_BLOCK };

void
scan_note(const struct scan *s, uint64_t offset, uint64_t size,
          const struct digest *digest, const struct err *why)
{
    struct damage d = {.offset = offset, .size = size, .err = *why};

    if (digest) {
        d.has_digest = true;
        d.digest = *digest;
    }
    s->options->note(s->options->ctx, &d);
}

bool
scan_place(struct scan *s, const struct digest *digest, uint64_t offset, uint64_t size)
{
    if (offset > s->at.file.size || tar_padded(size) > s->at.file.size - offset)
        return false;
    s->found = mem_grow(s->found, s->count, &s->cap, sizeof(*s->found));
    s->found[s->count++] =
        (struct bundle_member){.digest = *digest, .size = size, .offset = offset};
    return true;
}

bool
scan_spend(const struct scan *s, uint64_t at, uint64_t len)
{
    struct scan_bound *bound = s->bound;

    if (!bound)
        return true;
    if (bound->is_reached)
        return false;
    if (len > bound->left) {
        bound->is_reached = true;
        bound->from = at;
        return false;
    }
    bound->left -= len;
    return true;
}

bool
scan_is_over(const struct scan *s)
{
    return s->bound && s->bound->is_reached;
}

/* The next block that may contain a header: a hole does not. */
static uint64_t
skip_hole(const struct scan *s, uint64_t pos, uint64_t to)
{
    uint64_t data = volumes_next_data(&s->at.file, pos, to - pos);

    return pos + (data - pos) / TAR_BLOCK * TAR_BLOCK;
}

/* Blocks that cannot be read are zeros, which are never a header. */
static size_t
read_blocks(const struct volumes *file, unsigned char *out, uint64_t at, size_t len)
{
    ssize_t n = volumes_read(file, out, len, at, err_ignored());

    if (n >= 0)
        return (size_t)n / TAR_BLOCK * TAR_BLOCK;
    for (size_t i = 0; i < len; i += TAR_BLOCK) {
        n = volumes_read(file, out + i, TAR_BLOCK, at + i, err_ignored());
        if (n < TAR_BLOCK)
            memset(out + i, 0, TAR_BLOCK);
    }
    return len;
}

/* Most blocks are not a header, so the common case is decided first. */
static bool
is_header(const unsigned char block[TAR_BLOCK], const struct member_cursor *c,
          struct tar_entry *out)
{
    return memcmp(block + 257, "ustar", 5) == 0 &&
           tar_parse(block, out, err_ignored()) == 0 &&
           (!c->has_mtime || out->mtime == c->mtime);
}

int
scan_find(const struct scan *s, uint64_t from, uint64_t to,
          bool (*wanted)(void *ctx, const struct tar_entry *e), void *ctx, uint64_t *at,
          struct err *err)
{
    CLEANUP(mem_free_string) char *piece = xmalloc(PIECE);

    if (to > s->at.file.size)
        to = s->at.file.size;
    while (from < to && to - from >= TAR_BLOCK) {
        uint64_t pos = skip_hole(s, from, to);
        size_t want =
            to - pos < PIECE ? (size_t)(to - pos) / TAR_BLOCK * TAR_BLOCK : PIECE;
        struct tar_entry e;
        size_t len;

        if (cancel_wanted(s->options->cancel))
            return cancel_error(err);
        if (!scan_spend(s, pos, want))
            return 0;
        len = read_blocks(&s->at.file, (unsigned char *)piece, pos, want);
        for (size_t i = 0; i < len; i += TAR_BLOCK) {
            if (is_header((unsigned char *)piece + i, &s->at, &e) && wanted(ctx, &e)) {
                *at = pos + i;
                return 1;
            }
        }
        if (len < want) /* the file was truncated meanwhile */
            return 0;
        from = pos + len;
    }
    return 0;
}

void
scan_end(const struct scan *s, uint64_t end)
{
    const struct volumes *file = &s->at.file;
    uint64_t rest = file->size - end;
    struct err why = ERR_INIT;
    int zero = 1;

    if (rest > 2 * TAR_BLOCK + BUNDLE_TRAILING_MAX)
        zero = 0;
    else if (rest > 0 && scan_spend(s, end, rest))
        zero = range_is_zero(file, end, rest, &why);
    if (zero == 1)
        return;
    if (zero == 0)
        err_because(
            &why, ERR_INTEGRITY, REASON_TRAILING,
            "at byte %" PRIu64 ": unexpected data after the end-of-archive marker", end);
    volumes_blame(file, end, rest, &why);
    scan_note(s, end, rest, NULL, &why);
}
