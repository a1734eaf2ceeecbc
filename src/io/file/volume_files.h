/* SPDX-License-Identifier: Apache-2.0 */
/* volume_files.h - the files that are volumes of one name.
 *
 * Layer: io.
 */
#ifndef IO_FILE_VOLUME_FILES_H
#define IO_FILE_VOLUME_FILES_H

#include "base/cleanup.h"

#include <stddef.h>

#define VOLUMES_MAX 9999

/* The files that are read as volumes of a name: NAME.001, NAME.0001, in ascending
 * order. */
struct volume_file {
    size_t number; /* from 1 */
    char *path;
};

struct volume_files {
    struct volume_file *items;
    size_t count, cap;
};

#define VOLUME_FILES_INIT                                                                \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Those of the set whose name is the first len bytes of path. */
void volume_files_find(struct volume_files *out, const char *path, size_t len);
void volume_files_add(struct volume_files *files, size_t number, const char *path);
void volume_files_sort(struct volume_files *files); /* by number */
void volume_files_release(struct volume_files *files);

/* The number at the end of a volume's name, and the length of the part before its dot; 0
 * when there is none. */
size_t volume_number(const char *path, size_t *stem);

/* "NAME.001" of a set of count volumes.  Caller frees. */
char *volume_name(const char *name, size_t number, size_t count);

#endif
