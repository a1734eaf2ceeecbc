/* SPDX-License-Identifier: Apache-2.0 */
/* image_source.h - a set of images and the bytes of its objects, wherever those are.
 *
 * What is pushed is read through this, so pushing does not depend on where it is stored.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_SOURCE_H
#define IMAGES_IMAGE_SOURCE_H

#include "base/buf.h"
#include "images/image_set.h"

#include <sys/types.h>

/* Both functions are called by many threads at once. */
struct image_source {
    const struct image_set *set; /* borrowed */
    /* The whole of an object; its digest is checked.  May leave anything in out if -1. */
    int (*read)(const void *ctx, uint32_t object, struct buf *out, struct err *err);
    /* Up to len bytes, which lie within the object; at least one, or -1. */
    ssize_t (*read_at)(const void *ctx, uint32_t object, void *out, size_t len,
                       uint64_t offset, struct err *err);
    const void *ctx;
};

/*
 * Read a whole object, a document or a config, into out, which bounds it, and check its
 * digest.  On failure out is empty.
 */
MUST_USE int image_source_read(const struct image_source *s, uint32_t object,
                               struct buf *out, struct err *err);

/* Up to len bytes from an offset on, unchecked; 0 only at the end; -1. */
ssize_t image_source_read_at(const struct image_source *s, uint32_t object, void *out,
                             size_t len, uint64_t offset, struct err *err);

#endif
