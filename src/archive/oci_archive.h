/* SPDX-License-Identifier: Apache-2.0 */
/* oci_archive.h - an OCI layout in a tar, plain or compressed.
 *
 * Layer: archive.
 */
#ifndef ARCHIVE_OCI_ARCHIVE_H
#define ARCHIVE_OCI_ARCHIVE_H

#include "base/run.h"
#include "images/local_images.h"

/*
 * work_dir: where to decompress, as for tar_index_open().
 * Errors: those of tar_index_open() and oci_layout_open().
 */
MUST_USE int oci_archive_open(struct local_images *out, const char *path,
                              const char *work_dir, struct run *run, struct err *err);

#endif
