/* SPDX-License-Identifier: Apache-2.0 */
/* tar_index.h - the regular members of any tar, by name.
 *
 * Archives of other tools are read in place: one pass over the headers finds where the
 * bytes of each member are, and nothing is unpacked.  A compressed archive is
 * decompressed into a temporary file first.
 *
 * Names are those in the archive without a leading "./".  Members that cannot be meant
 * are not listed: absolute names, names with "..", folders, devices, sparse files.  A
 * hard or symbolic link to a regular member is listed as that member: docker save writes
 * them for repeated layers.  All other links are not listed.
 *
 * Messages name members, not the archive, whose name the caller adds.
 *
 * Layer: io.
 * Source: POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format"; libarchive's tar(5).
 */
#ifndef IO_ARCHIVE_TAR_INDEX_H
#define IO_ARCHIVE_TAR_INDEX_H

#include "base/buf.h"
#include "base/run.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TAR_INDEX_MEMBERS_MAX (1U << 20)   /* headers of an archive, of whatever kind */
#define TAR_INDEX_NAMES_MAX   (112U << 20) /* bytes of all names and links together */
#define TAR_INDEX_HEADERS_MAX (256U << 10) /* bytes of the headers of one member */

struct tar_member {
    const char *name;
    uint64_t offset, size; /* of its bytes, in the archive or its temporary copy */
    size_t
        body; /* the number of the member that has them: itself, or where a link leads */
};

struct tar_index;

/*
 * Open an archive, plain or compressed with gzip, zstd, xz or bzip2, and read all of its
 * headers.  work_dir: where to decompress; NULL: $TMPDIR, else /var/tmp.
 * Errors: ERR_INTEGRITY - not a tar ("format"), truncated ("truncated"), a malformed
 * header ("header"); ERR_LIMIT; cancel_error(); those of file_open_regular() and
 * tar_unpack().
 */
MUST_USE int tar_index_open(struct tar_index **out, const char *path,
                            const char *work_dir, struct run *run, struct err *err);
void tar_index_close(struct tar_index *t); /* NULL is allowed */

/* The member of that name, or NULL: without one, and with several. */
const struct tar_member *tar_index_find(const struct tar_index *t, const char *name);
/*
 * The member of that name.
 * Errors: ERR_INTEGRITY - no such member ("missing"), several ("duplicate").
 */
MUST_USE const struct tar_member *tar_index_require(const struct tar_index *t,
                                                    const char *name, struct err *err);

/* All members, in order of the archive; links come last. */
size_t tar_index_count(const struct tar_index *t);
const struct tar_member *tar_index_at(const struct tar_index *t, size_t i);

/*
 * Read up to len bytes of a member from an offset in it; short only at its end.
 * Thread-safe.  Errors: ERR_INTEGRITY "truncated" - the file shrank; ERR_LOCAL.
 */
MUST_USE ssize_t tar_index_read(const struct tar_index *t, const struct tar_member *m,
                                void *out, size_t len, uint64_t offset, struct err *err);
/*
 * Read a whole member.
 * Errors: as tar_index_read(); ERR_LIMIT - larger than out->max.
 */
MUST_USE int tar_index_slurp(const struct tar_index *t, const struct tar_member *m,
                             struct buf *out, struct err *err);

#endif
