/* SPDX-License-Identifier: Apache-2.0 */
/* lists.h - which images do these files name?  Reads files, folders and standard input;
 * the content decides what each file is.
 *
 * Layer: lists.
 */
#ifndef LISTS_LISTS_H
#define LISTS_LISTS_H

#include "base/run.h"
#include "lists/finder.h"
#include "oci/reference_list.h"

struct list_reader {
    struct found_list *found; /* from everything but plain lists */
    /* The lines of plain lists are added to it.  NULL: to found. */
    struct reference_list *lines;
    const struct name_filter *ignore;
    bool helm_tests;
    const char *const *profiles; /* of compose files */
    size_t profile_count;
    /* Files of variables for compose; none: ".env" beside the file, if there is one. */
    const char *const *env_files;
    size_t env_file_count;
    const char *(*environment)(const char *name); /* NULL: none */
    struct run *run;      /* its events: what each path was taken for, and other notes */
    struct err_list *bad; /* what cannot be used, with its place */
};

/*
 * Read a file, a packed chart, all files of a folder that may name images, or standard
 * input ("-").
 * Errors: ERR_LIMIT; those of file_slurp(), file_tree_list() and tar_index_open().
 */
MUST_USE int lists_read(const struct list_reader *r, const char *path, struct err *err);

/* Read the text of a file with this name.  Errors: ERR_LIMIT; those of file_slurp() for a
 * file of variables. */
MUST_USE int lists_read_text(const struct list_reader *r, const char *name,
                             const char *text, size_t len, struct err *err);

#endif
