/* SPDX-License-Identifier: Apache-2.0 */
/* tar_unpack.h - decompress a whole archive into a temporary file.
 *
 * Layer: io.
 */
#ifndef IO_ARCHIVE_TAR_UNPACK_H
#define IO_ARCHIVE_TAR_UNPACK_H

#include "base/run.h"

#include <stdbool.h>
#include <stdint.h>

/* Maximum expansion, as for layers: gzip cannot exceed it. */
#define TAR_UNPACK_RATIO_MAX 1100
/* Memory of the decompressor: zstd takes up to 128 MiB, xz -9 64 MiB. */
#define TAR_UNPACK_MEMORY_MAX (160U << 20)

/* Whether a file begins as gzip, zstd, xz or bzip2 does. */
MUST_USE int tar_unpack_is_packed(int fd, bool *packed, struct err *err);

/*
 * Decompress a file of size bytes into a new temporary file in folder (scratch.h).
 * There must be space for at least the packed size, and it is asked for
 * again while the file grows.
 * Returns: the descriptor of the temporary file and its size, or -1.
 * Errors: ERR_INTEGRITY - it cannot be decompressed, is compressed twice or expands to
 * more than TAR_UNPACK_RATIO_MAX times its size; ERR_LIMIT - it takes more than
 * TAR_UNPACK_MEMORY_MAX; ERR_LOCAL; cancel_error(); those of scratch_open().
 */
MUST_USE int tar_unpack(int fd, uint64_t size, const char *folder, struct run *run,
                        uint64_t *unpacked, struct err *err);

/* The versions of libarchive and what it unpacks with, such as "libarchive 3.6.2
 * zlib/1.2.13 liblzma/5.4.1". */
const char *tar_unpack_library_versions(void);

#endif
