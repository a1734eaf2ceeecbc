/* SPDX-License-Identifier: Apache-2.0 */
/* combined_source.h - registries and opened archives as one source.
 *
 * A name belongs to the archive that it was added for, every other name to registries.
 * Content is addressed by its digest, which is checked wherever it comes from, so it is
 * read from an archive that has it, and else fetched.
 *
 * Layer: images.
 */
#ifndef IMAGES_COMBINED_SOURCE_H
#define IMAGES_COMBINED_SOURCE_H

#include "images/local_images.h"

/* A name in an archive. */
struct combined_name {
    struct reference name;
    size_t place; /* index in places */
    struct digest digest;
    uint64_t size;
    char media_type[MEDIA_TYPE_MAX + 1];
};

/* An archive. */
struct combined_place {
    struct local_images images;
    char *label; /* "oci:folder", for messages */
};

struct combined_source {
    const struct image_source *remote; /* registries; borrowed */
    struct combined_place *places;
    size_t place_count, place_cap;
    struct combined_name *names; /* sorted by combined_source_ready() */
    size_t name_count, name_cap;
};

#define COMBINED_SOURCE_INIT                                                             \
    {                                                                                    \
        .places = NULL                                                                   \
    }
void combined_source_release(struct combined_source *c);

/* Take over an archive.  Returns the number of its place. */
size_t combined_source_add(struct combined_source *c, struct local_images *images,
                           const char *label);

/* Give a name to an image at a place. */
void combined_source_name(struct combined_source *c, size_t place,
                          const struct local_image *image, const struct reference *name);

/*
 * After the last name.
 * Errors: ERR_USAGE - one name has two digests.
 */
MUST_USE int combined_source_ready(struct combined_source *c, struct err *err);

/* The source; after combined_source_ready(), and with a remote. */
struct image_source combined_source(struct combined_source *c);

#endif
