/* SPDX-License-Identifier: Apache-2.0 */
/* claims.h - the files a path refers to, and whether two paths refer to the same file.
 *
 * Files are compared by name within a folder, however it was reached, also when they do
 * not exist yet, and by device and inode when they do.
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
    CLAIM_VOLUMES,    /* PATH.001 and following, however many exist */
    CLAIM_SIGNATURES, /* PATH.*.sigstore.json */
    CLAIM_FOLDER,     /* everything directly in the folder PATH */
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

/* Add the files that path followed by suffix refers to. */
void claims_add(struct claims *c, enum claim_kind kind, const char *path,
                const char *suffix);

/* Add an open file, if it is a regular one. */
void claims_add_open(struct claims *c, int fd);

/* Whether there are none, as for an open file that is not a regular one. */
bool claims_are_none(const struct claims *c);

/* Examine the folders and files; once, after all were added. */
void claims_look(struct claims *c);

/* Whether both refer to a common file; after claims_look(). */
bool claims_collide(const struct claims *a, const struct claims *b);
void claims_release(struct claims *c);

#endif
