/* SPDX-License-Identifier: Apache-2.0 */
/* tar.h - one canonical tar header: written and recognised.
 *
 * The bytes of a header come from libarchive's writer.  Reading takes name and size from
 * the block, renders the canonical header for them and compares all 512 bytes: a block
 * that libarchive, GNU tar or python would interpret differently is rejected.
 *
 * Layer: io.  The only user of libarchive.
 * Source: POSIX.1-2017 pax, "ustar Interchange Format"; docs/bundle-format.md, "Headers".
 */
#ifndef IO_ARCHIVE_TAR_H
#define IO_ARCHIVE_TAR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK    512
#define TAR_NAME_MAX 100 /* bytes; the prefix field is not used */
/* Epoch seconds: eleven octal digits, which last until the year 2242. */
#define TAR_MTIME_MAX ((UINT64_C(1) << 33) - 1)

/* size rounded up to whole blocks; size must be below 2^62. */
uint64_t tar_padded(uint64_t size);

/*
 * Render the header of a regular file: mode 0644, no owner; gnutar's base-256 size from 8
 * GiB on, ustar below.
 * Errors: ERR_INTERNAL - the name is empty or longer than TAR_NAME_MAX, size is 2^62 or
 *         more, mtime above TAR_MTIME_MAX, or the library fails.
 */
MUST_USE int tar_header(unsigned char out[TAR_BLOCK], const char *name, uint64_t size,
                        uint64_t mtime, struct err *err);

struct tar_entry {
    char name[TAR_NAME_MAX + 1];
    uint64_t size;  /* bytes of the body, without padding */
    uint64_t mtime; /* epoch seconds */
};

/*
 * Read a header that tar_header() could have written; anything else is an error.
 * Errors: ERR_INTEGRITY, reason "header", naming the first field that differs.
 */
MUST_USE int tar_parse(const unsigned char block[TAR_BLOCK], struct tar_entry *out,
                       struct err *err);

bool tar_is_zero(const void *bytes, size_t len);

#endif
