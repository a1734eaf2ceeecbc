/* SPDX-License-Identifier: Apache-2.0 */
/* volumes.h - one run of bytes in one file, or in several of which each goes on where the
 * one before ends.
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
    const int *fds; /* count of them; NULL: there is one, which is fd */
    size_t count;
    int fd;
    uint64_t cut;               /* bytes of each volume but the last */
    uint64_t size;              /* of all together */
    struct volume_twins *twins; /* borrowed; NULL: nobody asks */
};

/* Which volumes begin with the same bytes: read at the first mistake, and once. */
struct volume_twins;
struct volume_twins *volume_twins_new(size_t count);
void volume_twins_free(struct volume_twins *twins); /* NULL is fine */

/* A single file of that size. */
struct volumes volumes_of_file(int fd, uint64_t size);

/*
 * Read up to len bytes; short only at the end.  Errors: ERR_LOCAL with the offset.
 */
MUST_USE ssize_t volumes_read(const struct volumes *v, void *out, size_t len,
                              uint64_t offset, struct err *err);

/*
 * A range of one volume where the kernel keeps it, without a copy.  The bytes change when
 * the file does.  Where a medium fails later than when the view was made, or the file is
 * cut, touching them ends the process with SIGBUS: only for processes that may die.
 */
struct view {
    const void *bytes;
    void *pages; /* the mapping, which begins at a page */
    size_t pages_len;
};

/*
 * Returns: 0 with all of the range in memory, or -1 where there is no such view: the
 *          range crosses volumes or the end, cannot be read, or the kernel does not
 *          do it.
 *          volumes_read() then reads it, or says what is wrong.
 */
MUST_USE int volumes_view(const struct volumes *v, uint64_t offset, size_t len,
                          struct view *out);
void view_release(struct view *view);

/*
 * Where in this range the first byte is that stands on the disk: offset + len when all of
 * it is a hole, which reads as zeros; offset where nobody knows of holes.
 */
uint64_t volumes_next_data(const struct volumes *v, uint64_t offset, uint64_t len);

/* Ask the kernel to begin reading this range; a wish, cannot fail. */
void volumes_read_soon(const struct volumes *v, uint64_t offset, uint64_t len);

/* Write all of it.  Errors: ERR_LOCAL with the offset and a hint. */
MUST_USE int volumes_write(const struct volumes *v, const void *bytes, size_t len,
                           uint64_t offset, struct err *err);

/* Does a disk take this block, of len bytes and at a multiple of that, whole or not at
 * all? Not when it lies across the end of a volume. */
bool volumes_takes_whole(const struct volumes *v, uint64_t offset, uint64_t len);

/* Wait until all that was written is on disk.  Errors: ERR_LOCAL. */
MUST_USE int volumes_sync(const struct volumes *v, struct err *err);

/* Forget what is in memory of what is on disk, so that reading reads the disk. */
void volumes_forget(const struct volumes *v);

/* Ask the kernel to begin writing this range to disk; a wish, cannot fail. */
void volumes_write_soon(const struct volumes *v, uint64_t offset, uint64_t len);

/*
 * How far was this range filled, from its start on?  *filled: to the first hole in the
 * file, which is the whole of it where nobody knows of holes.  *used: to the last byte of
 * that which is not zero.
 * Errors: ERR_LOCAL.
 */
MUST_USE int volumes_used(const struct volumes *v, uint64_t offset, uint64_t len,
                          uint64_t *filled, uint64_t *used, struct err *err);

/*
 * Copy a range, inside the kernel where that can be, which may cost no space then.
 * Returns: 0, or -1 when it cannot be written.  *copied is less than len where the source
 *          ends or cannot be read.
 */
MUST_USE int volumes_copy(const struct volumes *from, uint64_t from_at,
                          const struct volumes *to, uint64_t to_at, uint64_t len,
                          uint64_t *copied, struct err *err);

/*
 * Say in an error about a range in which volumes it lies, and which to copy again; the
 * error of a single file stays as it is.  Always -1.
 */
int volumes_blame(const struct volumes *v, uint64_t offset, uint64_t len,
                  struct err *err);

/*
 * In which volumes is that range?  Numbers count from 1; behind the end they are those of
 * volumes that are missing.  false: there is but a single file.
 */
bool volumes_span(const struct volumes *v, uint64_t offset, uint64_t len, size_t *first,
                  size_t *last);

/* Hint at all volumes to copy again: wanted[n - 1] for volume n.  Replaces the hint. */
void volumes_advise(const struct volumes *v, const bool *wanted, struct err *err);

/*
 * Are there as many bytes as there should be?  Errors: ERR_INTEGRITY "missing" or
 * "truncated", naming the volumes; a single file is not judged.
 */
MUST_USE int volumes_check_size(const struct volumes *v, uint64_t size, struct err *err);

#endif
