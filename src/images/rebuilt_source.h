/* SPDX-License-Identifier: Apache-2.0 */
/* rebuilt_source.h - the images of another source, with indexes of only what is there.
 *
 * An image whose index lists children that are left out, or a nested one that does, gets
 * an index of the others under a new digest.  What is attached to an old index does not
 * come along: it speaks of a digest that is not there.
 *
 * Layer: images.
 */
#ifndef IMAGES_REBUILT_SOURCE_H
#define IMAGES_REBUILT_SOURCE_H

#include "base/digest_map.h"
#include "images/image_set.h"
#include "images/image_source.h"
#include "images/rebuilt_index.h"

#define REBUILT_EDGES_MAX 1000000 /* descriptors in all documents of the old set */

struct rebuilt_source {
    const struct image_set *old; /* borrowed */
    struct image_source from;    /* everything but the new indexes is read there */
    struct image_set set;        /* names are the old ones; a rebuilt entry says so */
    struct index_rebuilding made;
    struct digest_map indexes; /* from digests of new indexes to what was made */
    size_t referrers;          /* old entries that do not come along */
};

#define REBUILT_SOURCE_INIT                                                              \
    {                                                                                    \
        .set = IMAGE_SET_INIT                                                            \
    }

/*
 * Work out the set and the new indexes from a finished set and the source of its bytes.
 * *out must not move afterwards.
 * Errors: those of fetch_document(); ERR_LIMIT - more than REBUILT_EDGES_MAX; a document
 * larger than DOCUMENT_BYTES_MAX.
 */
MUST_USE int rebuilt_source_make(struct rebuilt_source *out, const struct image_set *old,
                                 const struct image_source *from, struct err *err);

/* The bytes of out->set. */
struct image_source rebuilt_source(struct rebuilt_source *s);
void rebuilt_source_release(struct rebuilt_source *s);

#endif
