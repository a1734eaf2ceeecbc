/* SPDX-License-Identifier: Apache-2.0 */
/* output_volumes.h - files found under the names of volumes to be written: of this set,
 * of an interrupted run, or foreign.
 *
 * Layer: io, for output_set.c.
 */
#ifndef IO_FILE_OUTPUT_VOLUMES_H
#define IO_FILE_OUTPUT_VOLUMES_H

#include "base/err.h"
#include "io/file/secure_dir.h"

#include <stdbool.h>
#include <stddef.h>

/* The volumes of one set; borrowed. */
struct output_volumes {
    const char *path; /* as the user gave it */
    size_t count;
    bool replace; /* files of their names may be replaced */
};

/* "NAME.002" or "NAME.partial.002", with its folder. */
char *output_volume_path(const struct output_volumes *v, const char *stem, size_t number);

/*
 * Detect a run that was killed while renaming.  Its last volumes have their names, and
 * all before them are unfinished and of the same size.
 * Returns: the number of the first that has its name; 0: no such run.
 */
size_t output_volumes_halfway(const struct output_volumes *v, const char *stem);
/* Rename the volumes from that number on back to unfinished ones. */
void output_volumes_take_back(const struct output_volumes *v, const char *stem,
                              size_t first);

/* See output_set_check_volumes(). */
MUST_USE int output_volumes_check(const struct output_volumes *v, struct err *err);

/* Check that no file exists that is not a volume of this set but would be read as one.
 * Errors: ERR_CONFLICT, naming it. */
MUST_USE int output_volumes_check_others(const struct output_volumes *v, struct err *err);
/* Remove such files; their paths are added to removed.  Errors: ERR_LOCAL. */
MUST_USE int output_volumes_remove_others(const struct output_volumes *v,
                                          struct secure_dir_names *removed,
                                          struct err *err);

/* Remove unfinished volumes that do not belong to this set, or all. */
void output_volumes_sweep(const struct output_volumes *v, const char *stem, bool all);

#endif
