/* SPDX-License-Identifier: Apache-2.0 */
/* rebuilt_source.h - the images of another source, with sparse indexes rebuilt.
 *
 * An image whose index lists omitted children, directly or in a nested index, gets an
 * index of the other children, with a new digest.  Referrers of an old index are dropped.
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
    struct image_source from;    /* of everything but the new indexes */
    struct image_set set;        /* with the names of old; entries have is_rebuilt */
    struct index_rebuilding made;
    struct digest_map indexes; /* digest of a new index to its rebuilt_index */
    size_t referrers;          /* number of entries that are dropped */
};

#define REBUILT_SOURCE_INIT                                                              \
    {                                                                                    \
        .set = IMAGE_SET_INIT                                                            \
    }

/*
 * Compute the set and the new indexes from a finished set and its source.
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
