/* SPDX-License-Identifier: Apache-2.0 */
/* image_details.h - the platforms and sizes of the images in a set, for output.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_DETAILS_H
#define IMAGES_IMAGE_DETAILS_H

#include "images/image_set.h"

#define IMAGE_CONFIG_MAX (1U << 20) /* bytes; a larger config is not read */

struct platform_details {
    struct platform platform; /* text "" when unknown */
    struct digest digest;     /* of its manifest */
    uint64_t bytes; /* of the manifest and everything it reaches, each object once */
    bool is_attestation;
    bool is_omitted; /* left out: bytes is 0 */
    bool is_missing; /* because it could not be fetched */
};

struct image_details {
    const struct image_entry *entry; /* borrowed */
    const struct digest *subject;    /* its subject, or NULL; borrowed */
    uint64_t bytes;                  /* of everything it reaches, each object once */
    struct platform_details *platforms;
    size_t platform_count;
};

/* Reads configs, in which an image without an index has its platform. */
struct config_reader {
    /* The bytes of an object, by its graph id; buf is empty and large enough. */
    int (*read)(void *ctx, uint32_t object, struct buf *out, struct err *err);
    void *ctx;
};

/* Details of all entries of a set with a graph, in their order.  The platform of a config
 * that cannot be read is unknown. */
struct image_details *image_details_new(const struct image_set *set,
                                        const struct config_reader *configs);
void image_details_free(struct image_details *details, size_t count);

#endif
