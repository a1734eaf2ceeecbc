/* SPDX-License-Identifier: Apache-2.0 */
/* image_target.h - an archive or a layout that images are written to.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_TARGET_H
#define IMAGES_IMAGE_TARGET_H

#include "images/image_set.h"
#include "images/image_source.h"

enum target_state {
    TARGET_NEW,     /* an image that is not there, or has another digest there */
    TARGET_PRESENT, /* the same is there */
    TARGET_SKIPPED, /* another one has its name, and stays */
};

/* An image to be written. */
struct target_image {
    const struct image_entry *entry;
    char *name; /* in the archive; owned; "" for none, as of what is attached */
    enum target_state state;
};

/* All that is to be written; borrowed by a target until it is finished. */
struct target_images {
    const struct image_set *set;
    struct target_image *items; /* by entry of the set */
    size_t count;
    bool is_dry_run;
    bool may_replace; /* a name, or a file; else that is ERR_CONFLICT, or skipped: */
    bool skips;       /* images whose name is taken are left out */
};

/* begin() and finish() are called once, the others by many threads between them. */
struct image_target {
    void *ctx;
    /*
     * Set the state of each image.  Unless it is a dry run, check the space and prepare.
     * Errors: ERR_CONFLICT "exists"; ERR_LOCAL; ERR_USAGE - it cannot hold such images.
     */
    int (*begin)(void *ctx, struct target_images *images, struct err *err);
    /* Whether an object has a place there; NULL: all have. */
    bool (*wants)(void *ctx, const struct image_object *what);
    /* Whether the bytes of an object are there, and right.  1, 0, -1. */
    int (*has)(void *ctx, const struct image_object *what, struct err *err);
    /* Write an object.  Errors: those of the source; ERR_INTEGRITY - other bytes. */
    int (*put)(void *ctx, const struct image_object *what,
               const struct byte_source *bytes, struct err *err);
    /* Make the images visible, all at once. */
    int (*finish)(void *ctx, struct err *err);
    void (*close)(void *ctx);
};

#endif
