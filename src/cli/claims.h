/* SPDX-License-Identifier: Apache-2.0 */
/* claims.h - which files a path stands for, and whether two paths stand for one file.
 *
 * A file is the same by its name in a folder, however that was reached, also when it is
 * not there yet, and by device and inode when it is.
 *
 * Layer: cli.
 */
#ifndef CLI_CLAIMS_H
#define CLI_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum claim_kind {
    CLAIM_NAME,       /* the file itself */
    CLAIM_VOLUMES,    /* PATH.001 and so on, as many as there may be */
    CLAIM_SIGNATURES, /* PATH.*.sigstore.json */
    CLAIM_FOLDER,     /* all that is in the folder PATH, but not below */
};

struct file_id {
    dev_t device;
    ino_t inode;
};

struct claim {
    enum claim_kind kind;
    char *path;
    const char *name; /* the last component, in path */
    bool has_folder;
    struct file_id folder;
};

struct claims {
    struct claim *items;
    size_t count, cap;
    struct file_id *ids; /* of those that exist */
    size_t id_count, id_cap;
};

#define CLAIMS_INIT                                                                      \
    {                                                                                    \
        .items = NULL                                                                    \
    }

/* Add what path and suffix, put together, stand for. */
void claims_add(struct claims *c, enum claim_kind kind, const char *path,
                const char *suffix);

/* Add an open file, when it is a regular one. */
void claims_add_open(struct claims *c, int fd);

/* Is there none?  So it is for an open file that is not a regular one. */
bool claims_are_none(const struct claims *c);

/* Look at the folders and files; once, after all were added. */
void claims_look(struct claims *c);

/* After that: do both stand for one file? */
bool claims_collide(const struct claims *a, const struct claims *b);
void claims_release(struct claims *c);

#endif
