/* SPDX-License-Identifier: Apache-2.0 */
/* local_images.h - the images of an archive, a layout or a bundle that is open.
 *
 * Layer: images.
 */
#ifndef IMAGES_LOCAL_IMAGES_H
#define IMAGES_LOCAL_IMAGES_H

#include "images/image_source.h"

#define LOCAL_LABEL_MAX REFERENCE_TEXT_MAX

/* An image in it.  A plain value. */
struct local_image {
    char label[LOCAL_LABEL_MAX]; /* its name there, unchecked: "1.27", a reference, "" */
    bool has_name;
    struct reference name; /* then: the canonical name */
    struct digest digest;
    uint64_t size;
    char media_type[MEDIA_TYPE_MAX + 1]; /* "" when unknown */
    bool is_attached; /* to another one, with which it goes; no image of its own */
};

struct local_images {
    struct local_image *items; /* in the order of the archive; owned */
    size_t count;
    /*
     * list_referrers(), fetch_document(), fetch_blob(), open_blob() and close_blob(), all
     * by digest alone; is_made(), if any document is.
     * Errors: ERR_NOT_FOUND - it is not there; ERR_INTEGRITY - other bytes are;
     * ERR_LOCAL.
     */
    struct image_source source;
    bool (*has)(void *ctx, const struct digest *digest); /* ctx: of the source */
    void (*close)(void *ctx);
};

#define LOCAL_IMAGES_INIT                                                                \
    {                                                                                    \
        .items = NULL                                                                    \
    }
void local_images_release(struct local_images *l);

/*
 * Set name and has_name from the names that archives carry: a full one, NULL or "" for
 * none, else the label, when it is more than a tag.
 */
void local_image_name(struct local_image *image, const char *full);

/*
 * fetch_document() and fetch_blob() of a source that can open blobs: read and compare.
 * The blob is closed.
 */
MUST_USE int local_fetch_document(const struct byte_source *blob,
                                  const struct image_object *what,
                                  struct image_document *out, struct err *err);
MUST_USE int local_fetch_blob(const struct byte_source *blob,
                              const struct image_object *what, struct blob_prefix *prefix,
                              const struct byte_sink *sink, struct err *err);

/* list_referrers() of a source in which nothing can be attached to an image. */
int local_no_referrers(void *ctx, unsigned worker, const struct reference *in,
                       const struct digest *subject, struct referrers *out,
                       struct err *err);

#endif
