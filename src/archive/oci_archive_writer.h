/* SPDX-License-Identifier: Apache-2.0 */
/* oci_archive_writer.h - images written to a tar of an OCI layout.
 *
 * The bytes of the file depend on its images and their order alone.  Every offset is
 * known before the first byte, so objects are written in any order, each once, to a file
 * that gets its name when it is complete.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_OCI_ARCHIVE_WRITER_H
#define ARCHIVE_OCI_ARCHIVE_WRITER_H

#include "images/image_target.h"

/* An existing file is replaced as a whole, if that is allowed. */
void oci_archive_target(struct image_target *out, const char *path);

#endif
