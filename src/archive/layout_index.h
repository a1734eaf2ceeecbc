/* SPDX-License-Identifier: Apache-2.0 */
/* layout_index.h - the files oci-layout and index.json of a layout.
 *
 * Layer:  archive.
 * Source: OCI image-spec v1.1, image-layout.md; annotations of containerd and
 *         containers/image.
 */
#ifndef ARCHIVE_LAYOUT_INDEX_H
#define ARCHIVE_LAYOUT_INDEX_H

#include "images/image_target.h"

#define LAYOUT_FILE_MAX (64U << 10) /* bytes of oci-layout */

extern const char layout_file[]; /* the content of oci-layout */

/* Errors: ERR_INTEGRITY - an oci-layout is malformed, or of another version. */
MUST_USE int layout_file_check(const struct buf *text, struct err *err);

/*
 * Compare the names with those in an index.json, old, and set the states.  May be called
 * again with a newer one: what is skipped by then stays so.
 * Errors: ERR_CONFLICT "exists" - another image has the name; ERR_INTEGRITY - malformed.
 */
MUST_USE int layout_index_compare(struct target_images *images, const struct buf *old,
                                  struct err *err);

/*
 * The index.json with these images; entries of the old one, which may be empty, are kept
 * unless an image takes their name.
 * Errors: ERR_INTEGRITY; ERR_LIMIT.
 */
MUST_USE int layout_index_make(const struct target_images *images, const struct buf *old,
                               struct buf *out, struct err *err);

#endif
