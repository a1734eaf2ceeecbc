/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/archive/tar_layer.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "io/crypto/hash.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACKED_PIECE = 256 << 10, /* bytes read at a time */
    PLAIN_PIECE = 64 << 10,
};

/* A zstd frame may require a window of 128 MiB, so only one is decompressed at a time. */
static pthread_mutex_t one_zstd = PTHREAD_MUTEX_INITIALIZER;

/*
 * Two chained readers: the first decompresses, the second parses the tar.  The bytes in
 * between are those that a diff_id is the digest of.
 */
struct look {
    const struct byte_source *source;
    uint64_t taken; /* bytes of the source */
    struct archive *unpacker, *tar;
    struct hash hash;
    uint64_t unpacked, max;
    uint64_t header_end; /* a header must end before it; UINT64_MAX within a body */
    char *packed, *plain;
    struct err *err;
    bool failed;   /* *err is set, by the source or by this file, not by the library */
    bool has_turn; /* holds one_zstd */
};

static void
look_release(struct look *l)
{
    archive_read_free(l->tar);
    archive_read_free(l->unpacker);
    hash_release(&l->hash);
    free(l->packed);
    free(l->plain);
    if (l->has_turn)
        pthread_mutex_unlock(&one_zstd);
}

static la_ssize_t
fail(struct look *l)
{
    l->failed = true;
    return ARCHIVE_FATAL;
}

static la_ssize_t
read_packed(struct archive *a, void *ctx, const void **out)
{
    struct look *l = ctx;
    ssize_t n =
        l->source->read_at(l->source->ctx, l->packed, PACKED_PIECE, l->taken, l->err);

    (void)a;
    *out = l->packed;
    if (n < 0)
        return fail(l);
    l->taken += (uint64_t)n;
    return n;
}

static int
library_error(struct archive *a, struct look *l, const char *what)
{
    const char *text = archive_error_string(a);
    char safe[TEXT_SAFE_MAX];

    if (l->failed)
        return -1;
    text_safe(safe, text ? text : "unknown", text ? strlen(text) : 7);
    return err_because(l->err, ERR_INTEGRITY, REASON_LAYER, "%s: %s", what, safe);
}

/* Pass on the next bytes of the tar, hashed. */
static la_ssize_t
read_layer_block(struct archive *a, void *ctx, const void **out)
{
    struct look *l = ctx;
    la_ssize_t n = archive_read_data(l->unpacker, l->plain, PLAIN_PIECE);

    (void)a;
    if (n < 0) {
        library_error(l->unpacker, l, "it cannot be unpacked");
        return fail(l);
    }
    l->unpacked += (uint64_t)n;
    if (l->unpacked > l->max) {
        err_because(l->err, ERR_INTEGRITY, REASON_LAYER,
                    "it expands to more than %d times its size", TAR_LAYER_RATIO_MAX);
        return fail(l);
    }
    if (l->unpacked > l->header_end) {
        err_because(l->err, ERR_INTEGRITY, REASON_LAYER,
                    "a member has more than %d KiB of headers",
                    TAR_LAYER_HEADERS_MAX >> 10);
        return fail(l);
    }
    if (hash_add(&l->hash, l->plain, (size_t)n, l->err) < 0)
        return fail(l);
    *out = l->plain;
    return n;
}

/* ---- names ---- */

static bool
leads_out(const char *path)
{
    if (path[0] == '/')
        return true;
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
            return true;
    }
    return false;
}

static int
check_entry(struct archive_entry *e, struct err *err)
{
    const char *name = archive_entry_pathname(e), *link = archive_entry_hardlink(e);
    char safe[TEXT_SAFE_MAX];

    if (!name)
        return err_because(err, ERR_INTEGRITY, REASON_LAYER, "a member has no name");
    text_safe(safe, name, strlen(name));
    if (leads_out(name))
        return err_because(err, ERR_INTEGRITY, REASON_LAYER,
                           "the member '%s' points outside the image", safe);
    if (link && leads_out(link))
        return err_because(err, ERR_INTEGRITY, REASON_LAYER,
                           "the hard link '%s' points outside the image", safe);
    return 0;
}

/* A list of holes costs the library ten times its bytes, so the size of headers is
 * bounded. */
static int
next_header(struct look *l, struct archive_entry **e)
{
    int rc;

    l->header_end = l->unpacked + TAR_LAYER_HEADERS_MAX;
    rc = archive_read_next_header(l->tar, e);
    l->header_end = UINT64_MAX;
    return rc;
}

static int
skip_body(struct look *l)
{
    int rc = archive_read_data_skip(l->tar);

    return rc == ARCHIVE_OK || rc == ARCHIVE_WARN
               ? 0
               : library_error(l->tar, l, "malformed tar");
}

static int
walk_layer(struct look *l)
{
    struct archive_entry *e;
    int rc;

    /* A warning concerns the character set of a name, which does not matter here. */
    while ((rc = next_header(l, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
        if (check_entry(e, l->err) < 0 || skip_body(l) < 0)
            return -1;
    }
    return rc == ARCHIVE_EOF ? 0 : library_error(l->tar, l, "malformed tar");
}

/* Bytes after the end of the tar are part of its digest. */
static int
drain_layer(struct look *l)
{
    const void *ignored;
    la_ssize_t n;

    do
        n = read_layer_block(l->tar, l, &ignored);
    while (n > 0);
    return n == 0 ? 0 : -1;
}

/* Only what is built into the library: never a program from $PATH. */
static bool
open_readers(struct look *l)
{
    struct archive_entry *whole;

    return l->unpacker && l->tar &&
           archive_read_support_filter_gzip(l->unpacker) == ARCHIVE_OK &&
           archive_read_support_filter_zstd(l->unpacker) == ARCHIVE_OK &&
           archive_read_support_format_raw(l->unpacker) == ARCHIVE_OK &&
           archive_read_support_format_empty(l->unpacker) == ARCHIVE_OK &&
           archive_read_support_format_tar(l->tar) == ARCHIVE_OK &&
           archive_read_support_format_empty(l->tar) == ARCHIVE_OK &&
           archive_read_open(l->unpacker, l, NULL, read_packed, NULL) == ARCHIVE_OK &&
           archive_read_next_header(l->unpacker, &whole) == ARCHIVE_OK;
}

/* At most one layer of compression, as runtimes decompress only once. */
static int
take_turn(struct look *l)
{
    if (archive_filter_count(l->unpacker) > 2) /* the last filter is the raw input */
        return err_because(l->err, ERR_INTEGRITY, REASON_LAYER,
                           "it is compressed more than once");
    if (archive_filter_code(l->unpacker, 0) == ARCHIVE_FILTER_ZSTD) {
        pthread_mutex_lock(&one_zstd);
        l->has_turn = true;
    }
    return 0;
}

/* Look into a layer; parsed: walk its members, too. */
static int
look_into(const struct byte_source *source, bool parsed, struct digest *diff_id,
          struct err *err)
{
    CLEANUP(look_release)
    struct look l = {.source = source,
                     .unpacker = archive_read_new(),
                     .tar = archive_read_new(),
                     .packed = xmalloc(PACKED_PIECE),
                     .plain = xmalloc(PLAIN_PIECE),
                     .max = (source->size + 1024) * TAR_LAYER_RATIO_MAX,
                     .header_end = UINT64_MAX,
                     .err = err};

    if (hash_start(&l.hash, DIGEST_SHA256, err) < 0)
        return -1;
    if (!open_readers(&l))
        return library_error(l.unpacker, &l, "it cannot be unpacked");
    if (take_turn(&l) < 0)
        return -1;
    if (parsed &&
        archive_read_open(l.tar, &l, NULL, read_layer_block, NULL) != ARCHIVE_OK)
        return library_error(l.tar, &l, "malformed tar");
    if ((parsed && walk_layer(&l) < 0) || drain_layer(&l) < 0)
        return -1;
    return hash_finish(&l.hash, diff_id, err);
}

int
tar_layer_look(const struct byte_source *source, struct digest *diff_id, struct err *err)
{
    return look_into(source, true, diff_id, err);
}

int
tar_layer_diff_id(const struct byte_source *source, struct digest *diff_id,
                  struct err *err)
{
    return look_into(source, false, diff_id, err);
}
