/* SPDX-License-Identifier: Apache-2.0 */
/* volume_set.h - open a file, or the volumes of one.
 *
 * The volumes of NAME are NAME.001, NAME.002, ...: all of one size except the last, which
 * may be shorter.
 *
 * Layer: io.
 * Source: docs/bundle-format.md, "Volumes".
 */
#ifndef IO_FILE_VOLUME_SET_H
#define IO_FILE_VOLUME_SET_H

#include "io/file/volume_files.h"
#include "io/file/volumes.h"

struct volume_set {
    struct volumes volumes; /* valid as long as the set */
    int *fds;
    char **paths; /* of the volumes, in order; NULL for a single file */
    struct volume_twins *twins;
    size_t count;
};

#define VOLUME_SET_INIT                                                                  \
    {                                                                                    \
        .fds = NULL                                                                      \
    }

/*
 * Open for reading.  Volumes may have names of split(1), see split_set.h.  One path: a
 * regular file, any volume of a set in one folder, or the name of such a set.  Several:
 * all volumes, in any order and from any folders. Errors: ERR_NOT_FOUND, ERR_LOCAL,
 * ERR_USAGE (not a regular file; a duplicate volume); ERR_INTEGRITY "missing",
 * "truncated", "size", naming the volume; ERR_LIMIT - 2^63 bytes or more in all.
 */
MUST_USE int volume_set_open(struct volume_set *out, const char *const *paths,
                             size_t count, struct err *err);
/*
 * As volume_set_open(), for reading and writing, with a lock on every file.
 * Errors: as volume_set_open(), and ERR_CONFLICT - one is locked by another run.
 */
MUST_USE int volume_set_open_to_change(struct volume_set *out, const char *const *paths,
                                       size_t count, struct err *err);
void volume_set_release(struct volume_set *set);

/* A set of one open file; takes ownership of fd. */
struct volume_set volume_set_of_file(int fd, uint64_t size);

#endif
