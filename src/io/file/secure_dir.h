/* SPDX-License-Identifier: Apache-2.0 */
/* secure_dir.h - folders of security-relevant files: their names, and whether other users
 * could have changed them.
 *
 * Layer: io.
 */
#ifndef IO_FILE_SECURE_DIR_H
#define IO_FILE_SECURE_DIR_H

#include "base/buf.h"

#define SECURE_DIR_NAMES_MAX 4096 /* files read per folder */

/* Names of files, sorted, owned. */
struct secure_dir_names {
    char **items;
    size_t count, cap;
};

#define SECURE_DIR_NAMES_INIT                                                            \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * The names in a folder that end with suffix; hidden ones are left out.  The folder must
 * pass the check of secure_dir_open().
 * Errors: ERR_NOT_FOUND, ERR_LOCAL, ERR_USAGE (unsafe), ERR_LIMIT.
 */
MUST_USE int secure_dir_list(struct secure_dir_names *out, const char *path,
                             const char *suffix, struct err *err);
/* As secure_dir_list(), including hidden files. */
MUST_USE int secure_dir_list_hidden(struct secure_dir_names *out, const char *path,
                                    const char *suffix, struct err *err);
/* As secure_dir_list(), for a folder that any user may write to. */
MUST_USE int secure_dir_list_any(struct secure_dir_names *out, const char *path,
                                 const char *suffix, struct err *err);
/* Append one. */
void secure_dir_names_add(struct secure_dir_names *names, const char *name);
void secure_dir_names_release(struct secure_dir_names *names);

/*
 * Check that only root or this user may write to this folder.
 * Errors: ERR_NOT_FOUND, ERR_LOCAL, ERR_USAGE (unsafe).
 */
MUST_USE int secure_dir_check(const char *path, struct err *err);

/*
 * Read a whole file that only root or this user can change, and so the folder it is in.
 * Errors: those of secure_dir_open() and file_slurp(); ERR_USAGE - not a regular file.
 */
MUST_USE int secure_dir_slurp(const char *path, struct buf *out, struct err *err);

/* Create a folder and its parents with mode 0755; it may exist. */
MUST_USE int secure_dir_make(const char *path, struct err *err);

#endif
