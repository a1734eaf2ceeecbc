/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/scan/scan.h"

#include "base/mem.h"
#include "bundle/format/sums.h"
#include "bundle/reader/member_cursor.h"
#include "bundle/scan/scan_headers.h"
#include "bundle/scan/scan_internal.h"
#include "bundle/scan/scan_list.h"
#include "io/crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 128 * TAR_BLOCK };

/* ---- what the parts share ---- */

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

/* The next block that may hold a header: in a hole there is none. */
static uint64_t
skip_hole(const struct scan *s, uint64_t pos, uint64_t to)
{
    uint64_t data = volumes_next_data(&s->at.file, pos, to - pos);

    return pos + (data - pos) / TAR_BLOCK * TAR_BLOCK;
}

/* Blocks that cannot be read are zeros: there is no header in them. */
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

/* Most blocks are none, which is to be seen quickly. */
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
        if (len < want) /* it was longer a moment ago */
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
        err_because(&why, ERR_INTEGRITY, REASON_TRAILING,
                    "what ends the bundle, from byte %" PRIu64
                    " on, is not some zeros and nothing else",
                    end);
    volumes_blame(file, end, rest, &why);
    scan_note(s, end, rest, NULL, &why);
}

/* ---- where to begin ---- */

static void
hand_over(struct scan *s, struct bundle_content *out)
{
    *out = (struct bundle_content){.members = s->found,
                                   .member_count = s->count,
                                   .total = s->at.file.size,
                                   .file = s->at.file};
    s->found = NULL;
}

static void
scan_release(struct scan *s)
{
    free(s->found);
}

void
bundle_scan_release(struct bundle_content *c)
{
    free(c->members);
    *c = (struct bundle_content){.members = NULL};
}

/*
 * The bytes of SHA256SUMS, if they are what index.json names; the padding behind them is
 * nobody's content.  false: reported.
 */
static bool
read_pinned_sums(const struct scan *s, const struct tar_entry *e,
                 const struct digest *pin, struct buf *out)
{
    const struct volumes *file = &s->at.file;
    uint64_t body = s->at.at;
    struct err why = ERR_INIT;
    struct digest d;
    ssize_t n;

    if (e->size > out->max || buf_resize(out, (size_t)e->size) < 0)
        return false;
    n = volumes_read(file, out->data, out->len, body, &why);
    if (n >= 0 && (size_t)n < out->len)
        truncated_error(&why, body + (uint64_t)n, e->name);
    else if (n >= 0 && hash_bytes(pin->alg, out->data, out->len, &d, &why) == 0 &&
             !digest_equal(&d, pin))
        err_because(&why, ERR_INTEGRITY, REASON_SUMS,
                    "SHA256SUMS, %" PRIu64 " bytes from byte %" PRIu64
                    ", is not the one that index.json names",
                    e->size, body);
    if (why.kind != ERR_NONE) {
        volumes_blame(file, body, e->size, &why);
        scan_note(s, body, e->size, pin, &why);
        return false;
    }
    if (padding_check(file, e->name, body, e->size, &why) < 0)
        scan_note(s, body + e->size, tar_padded(e->size) - e->size, NULL, &why);
    return true;
}

int
bundle_scan(struct bundle_content *out, const struct bundle_untrusted *u,
            const struct admission *admission, const struct scan_options *options,
            struct err *err)
{
    CLEANUP(scan_release)
    struct scan s = {.options = options, .at = u->cursor};
    CLEANUP(index_content_release) struct index_content index = INDEX_CONTENT_INIT;
    CLEANUP(buf_release) struct buf text = BUF_INIT(BUNDLE_SUMS_MAX);
    CLEANUP(sums_release) struct sums sums = SUMS_INIT;
    bool is_listed;
    int rc;

    if (bundle_read_index(u, admission, &index, err) < 0)
        return -1;
    is_listed = read_pinned_sums(&s, &u->sums, &index.pins.sums, &text);
    if (is_listed && sums_read(&sums, text.data, text.len, err) < 0)
        return -1;
    s.at.at += tar_padded(u->sums.size);
    rc = is_listed ? scan_list(&s, &index, sums.files + 1, sums.file_count - 1, err)
                   : scan_names(&s, index.pins.bytes, err);
    if (rc < 0)
        return -1;
    hand_over(&s, out);
    return is_listed;
}

static bool
stands_in_a_bundle(void *ctx, const struct tar_entry *e)
{
    (void)ctx;
    return member_name_is_known(e->name);
}

int
bundle_scan_names(struct bundle_content *out, struct volumes file,
                  const struct scan_options *options, struct scan_bound *bound,
                  struct err *err)
{
    CLEANUP(scan_release)
    struct scan s = {.options = options, .bound = bound, .at = {.file = file}};
    uint64_t first;
    /* A header must come before index.json could end, or this is something else. */
    int rc = scan_find(&s, 0, BUNDLE_INDEX_MAX + BUNDLE_OCI_LAYOUT_MAX,
                       stands_in_a_bundle, NULL, &first, err);

    if (rc < 0 || (rc == 1 && scan_names(&s, 0, err) < 0))
        return -1;
    hand_over(&s, out);
    return 0;
}
