/* SPDX-License-Identifier: Apache-2.0 */
/* image_tree.h - the entries of a set as a tree for output: attached entries follow their
 * subject, one level deeper.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_TREE_H
#define IMAGES_IMAGE_TREE_H

#include "images/image_set.h"

struct image_row {
    size_t entry;
    unsigned depth; /* 0: an image, or attached to nothing in the set */
};

struct image_tree {
    struct image_row *rows; /* every entry once */
    size_t count;
};

#define IMAGE_TREE_INIT                                                                  \
    {                                                                                    \
        .rows = NULL                                                                     \
    }

/* Requires a set with a graph. */
void image_tree_make(struct image_tree *out, const struct image_set *set);
void image_tree_release(struct image_tree *t);

#endif
