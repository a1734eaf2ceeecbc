/* SPDX-License-Identifier: Apache-2.0 */
/* volumes.h - a contiguous range of bytes in one file, or in several consecutive ones.
 *
 * Layer: io.
 */
#ifndef IO_FILE_VOLUMES_H
#define IO_FILE_VOLUMES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Open files, in order.  A plain value that owns nothing: copy it freely. */
struct volumes {
    const int *fds; /* count of them; NULL: a single file, fd */
    size_t count;
    int fd;
    uint64_t cut;               /* bytes of each volume except the last */
    uint64_t size;              /* bytes in total */
    struct volume_twins *twins; /* borrowed; NULL: not searched */
};

/* Which volumes begin with the same bytes: determined once, at the first error. */
struct volume_twins;
struct volume_twins *volume_twins_new(size_t count);
void volume_twins_free(struct volume_twins *twins); /* NULL is allowed */

/* A single file of that size. */
struct volumes volumes_of_file(int fd, uint64_t size);

/*
 * Read up to len bytes; short only at the end.  Errors: ERR_LOCAL with the offset.
 */
MUST_USE ssize_t volumes_read(const struct volumes *v, void *out, size_t len,
                              uint64_t offset, struct err *err);

/*
 * A range of one volume in the page cache, without a copy.  The bytes change when the
 * file does.  If the medium fails after the view was created, or the file is truncated,
 * accessing them kills the process with SIGBUS: only for processes that may die.
 */
struct view {
    const void *bytes;
    void *pages; /* the mapping, which begins at a page */
    size_t pages_len;
};

/*
 * Returns: 0 with the whole range in memory, or -1 when no view is possible: the range
 *          crosses volumes or the end, cannot be read, or the kernel does not support it.
 *          volumes_read() then reads it, or reports the error.
 */
MUST_USE int volumes_view(const struct volumes *v, uint64_t offset, size_t len,
                          struct view *out);
void view_release(struct view *view);

/*
 * The offset of the first byte in this range that is stored on disk: offset + len when
 * all of it is a hole, which reads as zeros; offset where holes are not supported.
 */
uint64_t volumes_next_data(const struct volumes *v, uint64_t offset, uint64_t len);

/* Ask the kernel to start reading this range; a hint that cannot fail. */
void volumes_read_soon(const struct volumes *v, uint64_t offset, uint64_t len);

/* Write all of it.  Errors: ERR_LOCAL with the offset and a hint. */
MUST_USE int volumes_write(const struct volumes *v, const void *bytes, size_t len,
                           uint64_t offset, struct err *err);

/* Whether a disk writes this block, of len bytes and at a multiple of that, atomically.
 * Not when it crosses the end of a volume. */
bool volumes_takes_whole(const struct volumes *v, uint64_t offset, uint64_t len);

/* Wait until everything written is on disk.  Errors: ERR_LOCAL. */
MUST_USE int volumes_sync(const struct volumes *v, struct err *err);

/* Drop cached pages, so that reading reads the disk. */
void volumes_forget(const struct volumes *v);

/* Ask the kernel to start writing this range to disk; a hint that cannot fail. */
void volumes_write_soon(const struct volumes *v, uint64_t offset, uint64_t len);

/*
 * How much of this range is in use, from its start.  *filled: up to the first hole in the
 * file, the whole range where holes are not supported.  *used: up to the last byte of
 * that which is not zero.
 * Errors: ERR_LOCAL.
 */
MUST_USE int volumes_used(const struct volumes *v, uint64_t offset, uint64_t len,
                          uint64_t *filled, uint64_t *used, struct err *err);

/*
 * Copy a range, inside the kernel where possible, which may then share the space.
 * Returns: 0, or -1 when it cannot be written.  *copied is less than len where the source
 *          ends or cannot be read.
 */
MUST_USE int volumes_copy(const struct volumes *from, uint64_t from_at,
                          const struct volumes *to, uint64_t to_at, uint64_t len,
                          uint64_t *copied, struct err *err);

/*
 * Add to an error about a range the volumes it lies in, and which to copy again; the
 * error of a single file is unchanged.  Always -1.
 */
int volumes_blame(const struct volumes *v, uint64_t offset, uint64_t len,
                  struct err *err);

/*
 * The volumes that contain this range.  Numbers count from 1; beyond the end they are
 * those of missing volumes.  false: a single file.
 */
bool volumes_span(const struct volumes *v, uint64_t offset, uint64_t len, size_t *first,
                  size_t *last);

/* Set a hint that lists all volumes to copy again: wanted[n - 1] for volume n. */
void volumes_advise(const struct volumes *v, const bool *wanted, struct err *err);

/*
 * Check that no bytes are missing.  Errors: ERR_INTEGRITY "missing" or "truncated",
 * naming the volumes; a single file is not checked.
 */
MUST_USE int volumes_check_size(const struct volumes *v, uint64_t size, struct err *err);

#endif
