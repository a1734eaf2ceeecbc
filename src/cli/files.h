/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - all files that a run reads and writes, compared before the first is opened
 * for writing: an output must be neither an input nor another output.
 *
 * Layer: cli.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/claims.h"
#include "cli/opt.h"

enum file_role {
    FILE_READ,
    FILE_READ_BUNDLE, /* or a volume, which represents its set */
    FILE_REUSED,      /* FILE_READ_BUNDLE that FILE_WRITTEN_BUNDLE may replace */
    FILE_READ_UPDATE, /* a file with signatures next to it */
    FILE_TRUST_STORE, /* a folder */
    FILE_TRUST_STATE, /* a folder; see files_add_store() */
    FILE_STANDARD_INPUT,
    FILE_WRITTEN,         /* also when changed in place */
    FILE_WRITTEN_UPDATE,  /* a signature next to such a file */
    FILE_WRITTEN_BUNDLE,  /* a new bundle */
    FILE_WRITTEN_VOLUMES, /* a new bundle in volumes */
    FILE_CHANGED_BUNDLE,  /* a signature is added */
    FILE_STANDARD_OUTPUT, /* or standard error */
};

struct file_use {
    enum file_role role;
    char *label; /* "--report", or the name of an operand */
    char *path;
    struct claims claims;
};

struct files {
    struct file_use *items;
    size_t count, cap;
};

#define FILES_INIT                                                                       \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/*
 * Add a file; NULL is ignored, and so are "-" and tokens when reading.  Several paths
 * with one label are not compared with each other.
 */
void files_add(struct files *f, enum file_role role, const char *label, const char *path);

/* Add the trust store in dir and its state; NULL: the default store. */
void files_add_store(struct files *f, const char *dir);

/* Add the operands from first up to, not including, end. */
void files_add_operands(struct files *f, enum file_role role, const char *label,
                        char **operands, size_t first, size_t end);

/* Add the values of options that are OPT_READS or OPT_WRITES. */
void files_add_options(struct files *f, const struct opt *table, const void *options);

/*
 * Compare all of them, and the standard streams.
 * Errors: ERR_USAGE, naming the first two that are the same file.
 */
MUST_USE int files_check(struct files *f, struct err *err);
void files_release(struct files *f);

#endif
