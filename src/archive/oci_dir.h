/* SPDX-License-Identifier: Apache-2.0 */
/* oci_dir.h - an OCI layout in a folder.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_OCI_DIR_H
#define ARCHIVE_OCI_DIR_H

#include "images/local_images.h"

/*
 * Links below the folder are not followed.
 * Errors: ERR_NOT_FOUND; ERR_USAGE - not a folder; ERR_LOCAL; those of oci_layout_open().
 */
MUST_USE int oci_dir_open(struct local_images *out, const char *path, struct err *err);

#endif
