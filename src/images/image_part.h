/* SPDX-License-Identifier: Apache-2.0 */
/* image_part.h - the entries of a set whose names match patterns, with what is attached
 * to them.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_PART_H
#define IMAGES_IMAGE_PART_H

#include "images/image_set.h"

struct image_part {
    struct image_set set;  /* everything but the array of entries is the whole set's */
    size_t left;           /* entries that are not in it, programs aside */
    size_t programs;       /* programs (tool_image.h) that are not in it */
    const char *unmatched; /* a pattern that matches no name, or NULL; borrowed */
};

#define IMAGE_PART_INIT                                                                  \
    {                                                                                    \
        .set = IMAGE_SET_INIT                                                            \
    }

struct image_part_choice {
    const char *const *patterns; /* NULL: every name matches */
    size_t count;
    bool with_programs; /* otherwise only a pattern without '*' matches one */
};

/*
 * In a pattern '*' stands for any text; it has to match a whole name.  A referrer comes
 * along when its subject does.  The set is borrowed.
 */
void image_part_make(struct image_part *out, const struct image_set *from,
                     const struct image_part_choice *choice);
void image_part_release(struct image_part *p);

#endif
