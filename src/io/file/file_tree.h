/* SPDX-License-Identifier: Apache-2.0 */
/* file_tree.h - the files of a folder and of those below it.
 *
 * Layer: io.
 */
#ifndef IO_FILE_FILE_TREE_H
#define IO_FILE_FILE_TREE_H

#include "base/err.h"

#include <stddef.h>

#define FILE_TREE_MAX        100000 /* files */
#define FILE_TREE_LEVELS_MAX 32

struct file_tree {
    char **paths; /* in order of bytes */
    size_t count, cap;
};

#define FILE_TREE_INIT                                                                   \
    {                                                                                    \
        .paths = NULL                                                                    \
    }

/*
 * List all regular files below a folder, and links to such files; names that begin with a
 * '.' are left out, and links to folders are not followed.
 * Errors: ERR_LOCAL, ERR_LIMIT.
 */
MUST_USE int file_tree_list(struct file_tree *out, const char *folder, struct err *err);
void file_tree_release(struct file_tree *tree);

#endif
