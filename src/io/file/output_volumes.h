/* SPDX-License-Identifier: Apache-2.0 */
/* output_volumes.h - what is there under the names of volumes that are about to be
 * written: of this set, of the set of a run that was killed, or of somebody else.
 *
 * Layer: io, for output_set.c.
 */
#ifndef IO_FILE_OUTPUT_VOLUMES_H
#define IO_FILE_OUTPUT_VOLUMES_H

#include "io/file/output_set.h"

/* "NAME.002" or "NAME.partial.002", with its folder. */
char *output_volume_path(const struct output_set *out, const char *stem, size_t number);

/*
 * Was a run killed between two renames?  Then its last volumes have their names, and all
 * before them are unfinished ones, of the same size.
 * Returns: the number of the first that has its name; 0: no.
 */
size_t output_volumes_halfway(const struct output_set *out, const char *stem);
/* From that one on they are unfinished again. */
void output_volumes_take_back(const struct output_set *out, const char *stem,
                              size_t first);

/* See output_set_check_volumes(). */
MUST_USE int output_volumes_check(const struct output_set *out, struct err *err);

/* Is anything there that is no volume of this set, and would be read as one?  Errors:
 * ERR_CONFLICT, naming it. */
MUST_USE int output_volumes_check_others(const struct output_set *out, struct err *err);
/* Remove that; their paths go to removed.  Errors: ERR_LOCAL. */
MUST_USE int output_volumes_remove_others(const struct output_set *out,
                                          struct secure_dir_names *removed,
                                          struct err *err);

/* Remove unfinished volumes that are not of this set, or all. */
void output_volumes_sweep(const struct output_set *out, const char *stem, bool all);

#endif
