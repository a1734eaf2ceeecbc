/* SPDX-License-Identifier: Apache-2.0 */
/* member_cursor.h - walk from member to member of a bundle.
 *
 * Layer: bundle.
 */
#ifndef BUNDLE_READER_MEMBER_CURSOR_H
#define BUNDLE_READER_MEMBER_CURSOR_H

#include "base/buf.h"
#include "io/archive/tar.h"
#include "io/file/volumes.h"

/* A position in the file.  A plain value: use a copy to look ahead. */
struct member_cursor {
    struct volumes file;
    uint64_t at; /* offset of the next header, or of the body of the last one */
    bool has_mtime;
    uint64_t mtime; /* of the first member; all others must be equal */
};

/*
 * Read the header at the cursor and advance past it.
 * Returns: 1 with *out set; 0 at a block of zeros, without advancing; -1.
 * Errors:  ERR_INTEGRITY "header", "truncated"; ERR_LOCAL.
 */
MUST_USE int member_cursor_next(struct member_cursor *c, struct tar_entry *out,
                                struct err *err);

/*
 * member_cursor_next() for the one member that is allowed here.
 * Errors: those of member_cursor_next(); ERR_INTEGRITY "duplicate", "extra", "order",
 * "missing"; "size" when it is larger than max.
 */
MUST_USE int member_cursor_expect(struct member_cursor *c, const char *name, uint64_t max,
                                  struct tar_entry *out, struct err *err);

/*
 * Set the error for *found, whose header was just read, where `expected` is required
 * (NULL: the end).  is_known: whether it may be in this bundle at all.  Always -1.
 */
int member_cursor_wrong(const struct member_cursor *c, const struct tar_entry *found,
                        bool is_known, const char *expected, struct err *err);

/* Skip the body of e, which must be inside the file. */
MUST_USE int member_cursor_skip(struct member_cursor *c, const struct tar_entry *e,
                                struct err *err);

/* Read the body of e into out, replacing its content, check the padding, advance past
 * it. */
MUST_USE int member_cursor_body(struct member_cursor *c, const struct tar_entry *e,
                                struct buf *out, struct err *err);

/*
 * Check that the padding after a body of size bytes at that offset is zero.
 * Errors: ERR_INTEGRITY "padding", "truncated"; ERR_LOCAL.
 */
MUST_USE int padding_check(const struct volumes *file, const char *name, uint64_t body,
                           uint64_t size, struct err *err);

/* Whether that range of the file is zero: 1, 0, or -1 (beyond the end, or unreadable). */
MUST_USE int range_is_zero(const struct volumes *file, uint64_t at, uint64_t len,
                           struct err *err);

/* Whether this is the name of a member of some bundle. */
bool member_name_is_known(const char *name);

/* Set the error for a file that ends too early. */
int truncated_error(struct err *err, uint64_t file_size, const char *what);

#endif
