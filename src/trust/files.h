/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - the files of a trust store: those in its folder, overlaid by those of an
 * update.
 *
 * Layer: trust.
 */
#ifndef TRUST_FILES_H
#define TRUST_FILES_H

#include "base/buf.h"
#include "io/file/secure_dir.h"

struct store_file {
    char *name, *text; /* "keys/alice.pub" */
};

/* All members are borrowed. */
struct store_files {
    const char *dir;               /* NULL: only the overlay */
    const struct store_file *over; /* replace those in dir */
    size_t count;
};

/* Errors: those of secure_dir_slurp(). */
MUST_USE int store_files_read(const struct store_files *files, const char *name,
                              struct buf *out, struct err *err);

/*
 * The names in a folder that end with suffix.  A missing folder is empty.
 * Errors: those of secure_dir_list().
 */
MUST_USE int store_files_list(const struct store_files *files, const char *folder,
                              const char *suffix, struct secure_dir_names *out,
                              struct err *err);

/* The name of a file for messages, owned by the caller. */
char *store_files_path(const struct store_files *files, const char *name);

#endif
