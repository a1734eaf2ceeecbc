/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.h - a temporary file without a name: it disappears with its descriptor, however
 * the program ends.
 *
 * Layer: io.
 */
#ifndef IO_FILE_SCRATCH_H
#define IO_FILE_SCRATCH_H

#include "base/err.h"

#include <stdint.h>

/*
 * The folder for temporary files: the given one, else $TMPDIR, else /var/tmp, which is on
 * a disk where /tmp may be in memory.
 */
const char *scratch_folder(const char *given);

/*
 * Create one, for reading and writing by this process only.
 * Returns: the descriptor, or -1.
 * Errors: ERR_NOT_FOUND - no such folder; ERR_LOCAL.
 */
MUST_USE int scratch_open(const char *folder, struct err *err);

/*
 * Check that the file system has space for more bytes.  One that reports 0 blocks is not
 * checked.
 * Errors: ERR_LOCAL "no-room" with what is needed and what is available.
 */
MUST_USE int scratch_check_room(int fd, const char *folder, uint64_t more,
                                struct err *err);

#endif
