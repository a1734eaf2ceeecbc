/* SPDX-License-Identifier: Apache-2.0 */
/* oci_dir_writer.h - images written to an OCI layout in a folder.
 *
 * A layout that is there is added to.  Blobs appear complete or not at all, and the new
 * index.json last, so whatever stops a run, the old images are still there.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_OCI_DIR_WRITER_H
#define ARCHIVE_OCI_DIR_WRITER_H

#include "images/image_target.h"

/*
 * The folder need not exist; its parent must.  Errors of begin(): also ERR_CONFLICT -
 * another run writes to it; ERR_USAGE - it is not empty, and no layout.
 */
void oci_dir_target(struct image_target *out, const char *path);

#endif
