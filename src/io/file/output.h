/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - a file that appears under its name complete or not at all.
 *
 * Layer: io.
 */
#ifndef IO_FILE_OUTPUT_H
#define IO_FILE_OUTPUT_H

#include "io/file/file.h"

/*
 * Check the target without touching anything: the folder exists, and an existing file may
 * be replaced.  Errors: ERR_CONFLICT (exists), ERR_USAGE (no regular file),
 * ERR_NOT_FOUND, ERR_LOCAL.
 */
MUST_USE int output_check(const char *path, bool replace, struct err *err);

/*
 * Create NAME.partial beside the target and lock it; an old partial file is removed.
 * Errors: as output_check(); ERR_CONFLICT when another run holds it.
 */
MUST_USE int output_open(struct output *out, const char *path, bool replace,
                         struct err *err);

/*
 * The same, but an unfinished file of an earlier run is taken over with what is in it.
 * One that others than us and the owner of the folder could have opened is removed.
 */
MUST_USE int output_resume(struct output *out, const char *path, bool replace,
                           struct err *err);

/* The same with another name for the unfinished file, beside the target. */
MUST_USE int output_resume_as(struct output *out, const char *path, const char *partial,
                              bool replace, struct err *err);

/* What was taken over is of no use: remove it and begin a new file. */
MUST_USE int output_begin_anew(struct output *out, struct err *err);

/*
 * What was taken over is of another bundle, but worth something: it becomes
 * NAME.partial.old, and a new file is begun.  The descriptor of the old one, or -1; the
 * caller closes it.
 */
MUST_USE int output_set_aside(struct output *out, struct err *err);

/* Open what was set aside by an earlier run, for reading: -1 when there is none. */
int output_open_older(const struct output *out, uint64_t *size);

/*
 * Is there room for size bytes in these count files, beside what they take already, and
 * may the largest of them be that large here?  Where a file system reports 0 blocks,
 * nothing is known of its room.
 * Errors: ERR_LOCAL with what is needed and what is free.
 */
MUST_USE int output_check_room(const struct output *files, size_t count, uint64_t size,
                               uint64_t largest, struct err *err);

/* Make the file so large, and reserve the space where the file system can. */
MUST_USE int output_reserve(struct output *out, uint64_t size, struct err *err);

/*
 * Has the file system no holes, as FAT and exFAT?  Then a write far behind the end fills
 * everything before it with zeros first: such files are written from front to back, and
 * not made large in advance.
 */
bool output_wants_order(const struct output *out);

/*
 * Flushed, named, ended: then the file is published.  Nothing is left open, and what was
 * set aside is gone.
 */
MUST_USE int output_publish(struct output *out, struct err *err);
/* The three steps of it, for files that are published together. */
MUST_USE int output_flush(struct output *out, struct err *err);
MUST_USE int output_name(struct output *out, struct err *err);
MUST_USE int output_end(struct output *out, struct err *err);

/* Unless published: close, and remove unless it is to be kept.  Safe on OUTPUT_INIT and
 * twice. */
void output_release(struct output *out);

#endif
