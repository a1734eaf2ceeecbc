/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - files below a folder that others may have filled: no link is followed.
 *
 * Layer: io.
 */
#ifndef IO_FILE_FOLDER_H
#define IO_FILE_FOLDER_H

#include "base/err.h"

#include <stdint.h>

/*
 * Open a folder, itself also through a link.
 * Returns: a descriptor, or -1.
 * Errors:  ERR_NOT_FOUND; ERR_USAGE - not a folder; ERR_LOCAL.
 */
int folder_open(const char *path, struct err *err);

/*
 * Open a regular file below it for reading.  name: components separated by '/', none of
 * them "..".
 * Returns: a descriptor, or -1.
 * Errors:  ERR_NOT_FOUND; ERR_INTEGRITY - a link, a device, or anything else that is not
 *          a regular file; ERR_LOCAL.
 */
int folder_open_file(int folder, const char *name, uint64_t *size, struct err *err);

#endif
