/* SPDX-License-Identifier: Apache-2.0 */
/* split_set.h - volumes written by split(1), under its names: xaa, xab, ...;
 * NAME.00, NAME.01, ... or NAME.000, ...
 *
 * Layer: io.
 */
#ifndef IO_FILE_SPLIT_SET_H
#define IO_FILE_SPLIT_SET_H

#include "io/file/volume_files.h"

#include <stdbool.h>

/*
 * The pieces that belong to path: it is one of them, or no file and the beginning of
 * their names.  Numbers count from 1, whatever the names do.  The first must begin like a
 * bundle and the second must not, so that bundles with such names are not taken for
 * pieces. False, and nothing found, when there are no two of them.
 */
bool split_set_find(struct volume_files *out, const char *path);

/*
 * As split_set_find(), for paths that were all given, in any order and from any folders:
 * they need only have suffixes of one kind and length.  Sorting is left to the caller.
 */
bool split_set_number(struct volume_files *out, const char *const *paths, size_t count);

/* Whether a bundle begins with this file. */
bool split_set_is_beginning(const char *path);

#endif
