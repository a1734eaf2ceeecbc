/* volumes.h - one run of bytes in one file, or in several of which each goes on where the
 * one before ends.
 *
 * Layer: io.
 */
#ifndef IO_VOLUMES_H
#define IO_VOLUMES_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Open files, in order.  A plain value that owns nothing: copy it freely. */
struct volumes {
    const int *fds; /* count of them; NULL: there is one, which is fd */
    size_t count;
    int fd;
    uint64_t cut;  /* bytes of each volume but the last */
    uint64_t size; /* of all together */
};

/* A single file of that size. */
struct volumes volumes_of_file(int fd, uint64_t size);

/*
 * Read up to len bytes; short only at the end.  Errors: ERR_LOCAL with the offset.
 */
MUST_USE ssize_t volumes_read(const struct volumes *v, void *out, size_t len,
                              uint64_t offset, struct err *err);

/* Write all of it.  Errors: ERR_LOCAL with the offset and a hint. */
MUST_USE int volumes_write(const struct volumes *v, const void *bytes, size_t len,
                           uint64_t offset, struct err *err);

/* Ask the kernel to begin writing this range to disk; a wish, cannot fail. */
void volumes_write_soon(const struct volumes *v, uint64_t offset, uint64_t len);

#endif
