/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - positioned reads and writes, and small files read whole.
 *
 * Layer: io.
 */
#ifndef IO_FILE_FILE_H
#define IO_FILE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Read up to len bytes at an offset; short only at the end of the file.
 * Errors: ERR_LOCAL with the offset.
 */
MUST_USE ssize_t file_read_at(int fd, void *out, size_t len, uint64_t offset,
                              struct err *err);

/* Write all of it at an offset.  Errors: ERR_LOCAL with the offset and a hint. */
MUST_USE int file_write_at(int fd, const void *bytes, size_t len, uint64_t offset,
                           struct err *err);

/* Ask the kernel to start writing this range to disk; a hint that cannot fail. */
void file_write_soon(int fd, uint64_t offset, uint64_t len);

/*
 * Read a whole small file (or "-": standard input) into out, whose maximum applies.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL, ERR_LIMIT when it is larger than out->max; ERR_SIGNAL
 * while it waits for a pipe or a terminal.
 */
MUST_USE int file_slurp(const char *path, struct buf *out, struct err *err);
/* As file_slurp(), from an open descriptor; name is for messages. */
MUST_USE int file_slurp_fd(int fd, const char *name, struct buf *out, struct err *err);

/*
 * Open a file or pipe for sequential reading, without waiting for a pipe's writer.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL.
 */
MUST_USE int file_open_stream(const char *path, struct err *err);

/*
 * Open a regular file for reading; anything else is rejected.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL, ERR_USAGE (a folder, a pipe, a device).
 */
MUST_USE int file_open_regular(const char *path, uint64_t *size, struct err *err);
/*
 * As file_open_regular(), for reading and writing, with a lock held by the descriptor.
 * Errors: as file_open_regular(), and ERR_CONFLICT - locked by another run.
 */
MUST_USE int file_open_to_change(const char *path, uint64_t *size, struct err *err);

/* Whether a name is that of a regular file, or of a link to one. */
bool file_is_regular(const char *path);
void file_close(int *fd); /* for CLEANUP; -1 is allowed */

/* Check that this many files can be open besides a few others, raising the limit if
 * possible.  Errors: ERR_LIMIT. */
MUST_USE int file_require_descriptors(size_t count, struct err *err);

#endif
