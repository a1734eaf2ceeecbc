/* SPDX-License-Identifier: Apache-2.0 */
/* oci_layout.h - an OCI image layout, as written by any tool, as a source of images.
 *
 * Sizes, digests and bounds of the selected images are checked.  Other files, unlisted
 * blobs, and entries without blobs that are not selected are ignored.
 *
 * Layer:  archive.
 * Source: OCI image-spec v1.1, image-layout.md; annotations of containerd and
 *         containers/image.
 */
#ifndef ARCHIVE_OCI_LAYOUT_H
#define ARCHIVE_OCI_LAYOUT_H

#include "archive/layout_files.h"
#include "images/local_images.h"

#define OCI_LAYOUT_INDEX_MAX   (16U << 20) /* bytes of index.json */
#define OCI_LAYOUT_ENTRIES_MAX 10000       /* entries in it */

/*
 * Takes ownership of the files, also on failure.  Unnamed entries that are children of an
 * index are left out.
 * Errors: ERR_INTEGRITY - not a layout, or a malformed one; ERR_LIMIT; ERR_PROTOCOL -
 *         sha512; those of the files.
 */
MUST_USE int oci_layout_open(struct local_images *out, const struct layout_files *files,
                             struct err *err);

#endif
