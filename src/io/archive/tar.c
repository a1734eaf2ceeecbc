/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/archive/tar.h"

#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <string.h>

static const uint64_t USTAR_SIZE_END = UINT64_C(1) << 33; /* 11 octal digits end here */
static const uint64_t BASE256_SIZE_END = UINT64_C(1) << 62;

/* The fields of a header. */
static const struct field {
    const char *name;
    size_t at, len;
} fields[] = {
    {"name", 0, 100},     {"mode", 100, 8},        {"uid", 108, 8},
    {"gid", 116, 8},      {"size", 124, 12},       {"mtime", 136, 12},
    {"type", 156, 1},     {"link name", 157, 100}, {"magic", 257, 6},
    {"version", 263, 2},  {"user name", 265, 32},  {"group name", 297, 32},
    {"device", 329, 16},  {"prefix", 345, 155},    {"unused", 500, 12},
    {"checksum", 148, 8}, /* last: it differs whenever another field does */
};
enum { NAME_AT = 0, SIZE_AT = 124, SIZE_LEN = 12, MTIME_AT = 136, MTIME_LEN = 12 };

uint64_t
tar_padded(uint64_t size)
{
    return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

bool
tar_is_zero(const void *bytes, size_t len)
{
    const unsigned char *b = bytes;

    /* Whether all bytes are zero: each equals the next one, and the first is zero. */
    return len == 0 || (b[0] == 0 && memcmp(b, b + 1, len - 1) == 0);
}

/* ---- rendering ---- */

struct sink {
    unsigned char *block;
    size_t len; /* bytes received, including those beyond the block */
};

static la_ssize_t
catch_block(struct archive *a, void *ctx, const void *bytes, size_t len)
{
    struct sink *sink = ctx;

    (void)a;
    if (sink->len <= TAR_BLOCK && len <= TAR_BLOCK - sink->len)
        memcpy(sink->block + sink->len, bytes, len);
    sink->len += len;
    return (la_ssize_t)len;
}

static void
writer_release(struct archive **a)
{
    if (!*a)
        return;
    archive_write_fail(*a);  /* no body follows, and none must be padded in */
    archive_write_close(*a); /* frees what a failed archive alone would leak */
    archive_write_free(*a);
}

static void
entry_release(struct archive_entry **e)
{
    archive_entry_free(*e);
}

/* Can fail only for lack of memory; libarchive 3.6 crashes when this is reported to
 * it. */
static void
begin_archive(struct archive *a, bool large, struct sink *sink)
{
    int format =
        large ? archive_write_set_format_gnutar(a) : archive_write_set_format_ustar(a);

    if (format != ARCHIVE_OK || archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
        archive_write_open(a, sink, NULL, catch_block, NULL) != ARCHIVE_OK)
        mem_exhausted();
}

int
tar_header(unsigned char out[TAR_BLOCK], const char *name, uint64_t size, uint64_t mtime,
           struct err *err)
{
    unsigned char block[TAR_BLOCK];
    struct sink sink = {.block = block}; /* outlives the archive */
    CLEANUP(writer_release) struct archive *a = archive_write_new();
    CLEANUP(entry_release) struct archive_entry *e = archive_entry_new();

    if (name[0] == '\0' || strlen(name) > TAR_NAME_MAX || size >= BASE256_SIZE_END ||
        mtime > TAR_MTIME_MAX)
        return err_set(err, ERR_INTERNAL, "a tar header does not support '%s'", name);
    if (!a || !e)
        return err_set(err, ERR_INTERNAL, "cannot start a tar header");
    archive_entry_set_pathname(e, name);
    archive_entry_set_size(e, (la_int64_t)size);
    archive_entry_set_mtime(e, (time_t)mtime, 0);
    archive_entry_set_mode(e, S_IFREG | 0644);
    begin_archive(a, size >= USTAR_SIZE_END, &sink);
    if (archive_write_header(a, e) != ARCHIVE_OK || sink.len != TAR_BLOCK)
        return err_set(err, ERR_INTERNAL, "cannot write a tar header for '%s'", name);
    memcpy(out, block, TAR_BLOCK);
    return 0;
}

/* ---- recognising a header ---- */

static int
field_error(const char *field, struct err *err)
{
    return err_because(err, ERR_INTEGRITY, REASON_HEADER,
                       "tar header: the %s field is not as sealift writes it", field);
}

/* The name, up to the first NUL: plain ASCII, which every reader interprets alike. */
static int
read_header_name(const unsigned char *block, char out[TAR_NAME_MAX + 1])
{
    size_t len = strnlen((const char *)block + NAME_AT, TAR_NAME_MAX);

    for (size_t i = 0; i < len; i++) {
        if (block[NAME_AT + i] <= ' ' || block[NAME_AT + i] > '~')
            return -1;
    }
    memcpy(out, block + NAME_AT, len);
    out[len] = '\0';
    return len > 0 ? 0 : -1;
}

/* Octal digits, or the first bit and then a big-endian number; the exact form is checked
 * later. */
static int
read_header_number(const unsigned char *field, size_t len, uint64_t *out)
{
    uint64_t n = 0;

    if (field[0] == 0x80) {
        for (size_t i = 1; i < len; i++) {
            if (n >> 56 != 0)
                return -1;
            n = n << 8 | field[i];
        }
        *out = n;
        return 0;
    }
    for (size_t i = 0; i < len && field[i] != ' ' && field[i] != '\0'; i++) {
        if (field[i] < '0' || field[i] > '7')
            return -1;
        n = n << 3 | (uint64_t)(field[i] - '0'); /* 12 digits at most: 36 bits */
    }
    *out = n;
    return 0;
}

static int
compare_header(const unsigned char *block, const unsigned char *canonical,
               struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct field *f = &fields[i];

        for (size_t at = f->at; at < f->at + f->len; at++) {
            if (block[at] != canonical[at])
                return err_because(err, ERR_INTEGRITY, REASON_HEADER,
                                   "tar header: byte %zu, in the %s field, is 0x%02x "
                                   "instead of 0x%02x",
                                   at, f->name, block[at], canonical[at]);
        }
    }
    return 0;
}

int
tar_parse(const unsigned char block[TAR_BLOCK], struct tar_entry *out, struct err *err)
{
    unsigned char canonical[TAR_BLOCK];
    struct tar_entry e;

    if (read_header_name(block, e.name) < 0)
        return field_error("name", err);
    if (read_header_number(block + SIZE_AT, SIZE_LEN, &e.size) < 0 ||
        e.size >= BASE256_SIZE_END)
        return field_error("size", err);
    if (read_header_number(block + MTIME_AT, MTIME_LEN, &e.mtime) < 0 ||
        e.mtime > TAR_MTIME_MAX)
        return field_error("mtime", err);
    if (tar_header(canonical, e.name, e.size, e.mtime, err) < 0 ||
        compare_header(block, canonical, err) < 0)
        return -1;
    *out = e;
    return 0;
}
