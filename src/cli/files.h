/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - all files that a run reads and writes, compared before the first is opened
 * for writing: an output may be neither an input nor another output.
 *
 * Layer: cli.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/claims.h"
#include "cli/opt.h"

enum file_role {
    FILE_READ,
    FILE_READ_BUNDLE, /* or a volume of one, which stands for all */
    FILE_REUSED,      /* the same; FILE_WRITTEN_BUNDLE may replace it */
    FILE_READ_UPDATE, /* a file with signatures beside it */
    FILE_TRUST_STORE, /* a folder */
    FILE_TRUST_STATE, /* a folder; see files_add_store() */
    FILE_STANDARD_INPUT,
    FILE_WRITTEN,         /* also when it is changed in place */
    FILE_WRITTEN_UPDATE,  /* a signature beside such a file */
    FILE_WRITTEN_BUNDLE,  /* a new one */
    FILE_WRITTEN_VOLUMES, /* the same in volumes */
    FILE_CHANGED_BUNDLE,  /* a signature is added */
    FILE_STANDARD_OUTPUT, /* or standard error */
};

struct file_use {
    enum file_role role;
    char *label; /* "--report", or the word for an operand */
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
 * Note a file; NULL is none, nor are "-" and tokens when they are read.  Several paths
 * with one label are not compared with each other.
 */
void files_add(struct files *f, enum file_role role, const char *label, const char *path);

/* The trust store in dir and what it remembers; NULL: the default one. */
void files_add_store(struct files *f, const char *dir);

/* The operands from first up to, not including, end. */
void files_add_operands(struct files *f, enum file_role role, const char *label,
                        char **operands, size_t first, size_t end);

/* Values of options that are OPT_READS or OPT_WRITES. */
void files_add_options(struct files *f, const struct opt *table, const void *options);

/*
 * Compare all of them, and the standard streams.
 * Errors: ERR_USAGE, naming the first two that are one.
 */
MUST_USE int files_check(struct files *f, struct err *err);
void files_release(struct files *f);

#endif
