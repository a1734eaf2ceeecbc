/* SPDX-License-Identifier: Apache-2.0 */
/* output_set.h - a bundle that is written: one file, or volumes; complete or not there.
 *
 * One file is written as NAME.partial.  Volumes are written as NAME.partial.001, ... and
 * get their names in falling order: without NAME.001 there is no bundle.
 *
 * Layer: io.
 */
#ifndef IO_FILE_OUTPUT_SET_H
#define IO_FILE_OUTPUT_SET_H

#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "io/file/volume_set.h"

struct output_set {
    struct output *items; /* the volumes, or the one file */
    int *fds;             /* theirs */
    size_t count;
    uint64_t total, cut; /* bytes of all; of each but the last */
    bool in_volumes;
    bool replace;
    const char *stem; /* between NAME and the number while it is written: ".partial" */
    char *path;       /* as the user gave it */
};

#define OUTPUT_SET_INIT                                                                  \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* output_check() for the file, or for the first volume. */
MUST_USE int output_set_check(const char *path, bool in_volumes, bool replace,
                              struct err *err);

/*
 * May so many bytes be written as volumes?  Nothing may stand under the name of one, nor
 * under another name by which it would be read as a volume of this set, unless it may be
 * replaced.  cut 0: it is one file, and nothing is checked.
 * Errors: ERR_CONFLICT, naming them; ERR_USAGE (no regular file); ERR_LIMIT - more than
 *         VOLUMES_MAX volumes.
 */
MUST_USE int output_set_check_volumes(const char *path, uint64_t total, uint64_t cut,
                                      bool replace, struct err *err);

/*
 * Begin, or take over what an earlier run left.  cut: bytes a volume; 0: one file.
 * Errors: as output_open() and output_set_check_volumes().
 */
MUST_USE int output_set_open(struct output_set *out, const char *path, uint64_t total,
                             uint64_t cut, bool replace, struct err *err);

/*
 * Begin another file of the same name beside one that is open and stays:
 * NAME.partial.new. Nobody goes on with such a file: what output_set_open() finds of one
 * is removed.
 */
MUST_USE int output_set_open_beside(struct output_set *out,
                                    const struct output_set *other, uint64_t total,
                                    struct err *err);

/* What was taken over, as far as it may be of the same set; size 0: nothing. */
struct volumes output_set_left(const struct output_set *out);

/* Where to write. */
struct volumes output_set_volumes(const struct output_set *out);

/*
 * The same to read from, for as long as the caller likes, whatever becomes of the names.
 * Errors: ERR_LOCAL.
 */
MUST_USE int output_set_to_read(const struct output_set *out, const struct volumes *which,
                                struct volume_set *to_read, struct err *err);

/* What was taken over is of no use: remove it and begin anew. */
MUST_USE int output_set_begin_anew(struct output_set *out, struct err *err);

/* Room for all of it, as output_reserve(). */
MUST_USE int output_set_reserve(struct output_set *out, struct err *err);

/* output_wants_order() */
bool output_set_wants_order(const struct output_set *out);

/* All stays for the next run to go on with. */
void output_set_keep(struct output_set *out);

/* Or it does not, after all. */
void output_set_discard(struct output_set *out);

/* All of it to the disk, once. */
MUST_USE int output_set_flush(struct output_set *out, struct err *err);

/*
 * What was flushed gets its name, then the folder is flushed.  removed gets the paths of
 * the volumes of an older, larger set that are gone, also when it fails after that.
 */
MUST_USE int output_set_publish(struct output_set *out, struct secure_dir_names *removed,
                                struct err *err);
void output_set_release(struct output_set *out);

#endif
