/* SPDX-License-Identifier: Apache-2.0 */
/* output_set.h - a bundle being written: one file, or volumes; it appears complete or not
 * at all.
 *
 * One file is written as NAME.partial.  Volumes are written as NAME.partial.001, ... and
 * renamed in descending order: without NAME.001 there is no bundle.
 *
 * Layer: io.
 */
#ifndef IO_FILE_OUTPUT_SET_H
#define IO_FILE_OUTPUT_SET_H

#include "io/file/output.h"
#include "io/file/secure_dir.h"
#include "io/file/volume_set.h"

struct output_set {
    struct output *items; /* the volumes, or the single file */
    int *fds;             /* their descriptors */
    size_t count;
    uint64_t total, cut; /* bytes in total; of each volume except the last */
    bool in_volumes;
    bool replace;
    const char *stem; /* between NAME and the number during writing: ".partial" */
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
 * Check that this many bytes may be written as volumes.  No file may exist under the name
 * of a volume, nor under another name that would be read as a volume of this set, unless
 * it may be replaced.  cut 0: a single file, and nothing is checked.
 * Errors: ERR_CONFLICT, naming them; ERR_USAGE (not a regular file); ERR_LIMIT - more
 *         than VOLUMES_MAX volumes.
 */
MUST_USE int output_set_check_volumes(const char *path, uint64_t total, uint64_t cut,
                                      bool replace, struct err *err);

/*
 * Start, or resume what an earlier run left.  cut: bytes per volume; 0: one file.
 * Errors: as output_open() and output_set_check_volumes().
 */
MUST_USE int output_set_open(struct output_set *out, const char *path, uint64_t total,
                             uint64_t cut, bool replace, struct err *err);

/*
 * Start another file of the same name next to one that stays open: NAME.partial.new. Such
 * a file is never resumed: output_set_open() removes it.
 */
MUST_USE int output_set_open_beside(struct output_set *out,
                                    const struct output_set *other, uint64_t total,
                                    struct err *err);

/* What was resumed, as far as it can belong to this set; size 0: nothing. */
struct volumes output_set_left(const struct output_set *out);

/* The volumes to write to. */
struct volumes output_set_volumes(const struct output_set *out);

/*
 * Duplicates of the descriptors for reading, independent of the names and of the set.
 * Errors: ERR_LOCAL.
 */
MUST_USE int output_set_to_read(const struct output_set *out, const struct volumes *which,
                                struct volume_set *to_read, struct err *err);

/* The resumed content is useless: remove it and start over. */
MUST_USE int output_set_restart(struct output_set *out, struct err *err);

/* As output_reserve(), for the whole set. */
MUST_USE int output_set_reserve(struct output_set *out, struct err *err);

/* As output_needs_order(). */
bool output_set_needs_order(const struct output_set *out);

/* Keep everything for the next run to resume. */
void output_set_keep(struct output_set *out);

/* Undo output_set_keep(). */
void output_set_discard(struct output_set *out);

/* Flush everything to disk, once. */
MUST_USE int output_set_flush(struct output_set *out, struct err *err);

/*
 * Give the flushed files their names, then flush the folder.  removed receives the paths
 * of the removed volumes of an older, larger set, also on failure after their removal.
 */
MUST_USE int output_set_publish(struct output_set *out, struct secure_dir_names *removed,
                                struct err *err);

/*
 * What else there is under a name that was published: the file NAME beside volumes, or
 * volumes beside the file NAME.  It is another bundle, which stays.
 */
void output_set_find_left(const char *path, bool in_volumes,
                          struct secure_dir_names *left);
void output_set_release(struct output_set *out);

#endif
