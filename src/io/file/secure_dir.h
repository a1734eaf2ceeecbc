/* SPDX-License-Identifier: Apache-2.0 */
/* secure_dir.h - folders of small files that decide something: what is in them, and
 * whether anybody else could have put it there.
 *
 * Layer: io.
 */
#ifndef IO_FILE_SECURE_DIR_H
#define IO_FILE_SECURE_DIR_H

#include "base/buf.h"

#define SECURE_DIR_NAMES_MAX 4096 /* files looked at in one folder */

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
/* As secure_dir_list(), with the hidden ones. */
MUST_USE int secure_dir_list_hidden(struct secure_dir_names *out, const char *path,
                                    const char *suffix, struct err *err);
/* As secure_dir_list(), of a folder that anybody may write to. */
MUST_USE int secure_dir_list_any(struct secure_dir_names *out, const char *path,
                                 const char *suffix, struct err *err);
/* Append one. */
void secure_dir_names_add(struct secure_dir_names *names, const char *name);
void secure_dir_names_release(struct secure_dir_names *names);

/*
 * May only root or we write to this folder?
 * Errors: ERR_NOT_FOUND, ERR_LOCAL, ERR_USAGE (unsafe).
 */
MUST_USE int secure_dir_check(const char *path, struct err *err);

/*
 * Read a whole file that only root or we can change, and so the folder that it is in.
 * Errors: those of secure_dir_open() and file_slurp(); ERR_USAGE - not a regular file.
 */
MUST_USE int secure_dir_slurp(const char *path, struct buf *out, struct err *err);

/* Make a folder, and those above it, with mode 0755; one that exists is fine. */
MUST_USE int secure_dir_make(const char *path, struct err *err);

#endif
