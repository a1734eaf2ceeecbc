/* SPDX-License-Identifier: Apache-2.0 */
/* image_kind.h - the kind of an entry, for output: an image, a chart, a signature.
 *
 * Layer: images.
 */
#ifndef IMAGES_IMAGE_KIND_H
#define IMAGES_IMAGE_KIND_H

#include "images/image_set.h"

/* "image", "chart", "signature", "attestation", "sbom", or "artifact" for all else. */
const char *image_kind(const struct image_set *s, const struct image_entry *entry);

/* Its artifact type: that of its document, else the type of its config; "" for images. */
const char *image_artifact_type(const struct image_set *s,
                                const struct image_entry *entry);

#endif
