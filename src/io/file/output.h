/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - a file that appears under its name complete or not at all.
 *
 * Layer: io.
 */
#ifndef IO_FILE_OUTPUT_H
#define IO_FILE_OUTPUT_H

#include "io/file/file.h"

/* Written as NAME.partial, then published. */
struct output {
    int fd;               /* read and write; -1 when closed */
    int dirfd;            /* of its folder */
    char *path;           /* as the user gave it */
    char *name, *partial; /* last component: final, and while being written */
    char *older;          /* where output_set_aside() puts an unfinished file, or NULL */
    bool replace;         /* an existing file may be replaced */
    mode_t mode;          /* the mode it is created with, the umask applied */
    bool is_resumed;      /* resumed from what an earlier run left, */
    uint64_t left;        /* which is this many bytes */
    bool is_named;        /* it has its final name */
    bool keep;            /* output_release() leaves NAME.partial for the next run */
};

#define OUTPUT_INIT                                                                      \
    {                                                                                    \
        .fd = -1, .dirfd = -1, .mode = 0666                                              \
    }

/*
 * Check the target without touching anything: the folder exists, and an existing file may
 * be replaced.  Errors: ERR_CONFLICT (exists), ERR_USAGE (not a regular file),
 * ERR_NOT_FOUND, ERR_LOCAL.
 */
MUST_USE int output_check(const char *path, bool replace, struct err *err);

/*
 * Create NAME.partial next to the target and lock it; an old partial file is removed.
 * Errors: as output_check(); ERR_CONFLICT when another run holds it.
 */
MUST_USE int output_open(struct output *out, const char *path, bool replace,
                         struct err *err);

/*
 * As output_open(), but an unfinished file of an earlier run is reused with its content.
 * One that could have been opened by others than this user and the owner of the folder is
 * removed.
 */
MUST_USE int output_resume(struct output *out, const char *path, bool replace,
                           struct err *err);

/* As output_resume(), with another name for the unfinished file, next to the target. */
MUST_USE int output_resume_as(struct output *out, const char *path, const char *partial,
                              bool replace, struct err *err);

/* The reused content is useless: remove it and start a new file. */
MUST_USE int output_restart(struct output *out, struct err *err);

/*
 * The reused content is of another bundle, but may be useful: rename it to
 * NAME.partial.old and start a new file.  Returns the descriptor of the old one, to be
 * closed by the caller, or -1.
 */
MUST_USE int output_set_aside(struct output *out, struct err *err);

/* Open for reading what an earlier run set aside: -1 when there is none. */
int output_open_older(const struct output *out, uint64_t *size);

/*
 * Check that the file system has space for size bytes in these count files, besides what
 * they occupy already, and permits the largest of them.  A file system that reports 0
 * blocks is not checked.
 * Errors: ERR_LOCAL with what is needed and what is available.
 */
MUST_USE int output_check_room(const struct output *files, size_t count, uint64_t size,
                               uint64_t largest, struct err *err);

/* Set the size of the file, and reserve the space where the file system supports it. */
MUST_USE int output_reserve(struct output *out, uint64_t size, struct err *err);

/*
 * Whether the file system lacks sparse files, as FAT and exFAT do.  There, a write far
 * beyond the end first fills everything before it with zeros: such files are written
 * sequentially, and not extended in advance.
 */
bool output_needs_order(const struct output *out);

/*
 * Flush, rename and close: this publishes the file.  Nothing stays open, and what was set
 * aside is removed.
 */
MUST_USE int output_publish(struct output *out, struct err *err);
/* The three steps of output_publish(), for files that are published together. */
MUST_USE int output_flush(struct output *out, struct err *err);
MUST_USE int output_name(struct output *out, struct err *err);
MUST_USE int output_end(struct output *out, struct err *err);

/* Unless published: close, and remove unless it is to be kept.  May be called on
 * OUTPUT_INIT and twice. */
void output_release(struct output *out);

/*
 * Write a small file atomically: on failure the old one remains.  mode is that of the new
 * file.  exclusive: an existing file is ERR_CONFLICT.
 */
MUST_USE int file_put(const char *path, const void *bytes, size_t len, mode_t mode,
                      bool exclusive, struct err *err);

#endif
