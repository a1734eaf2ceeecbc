/* SPDX-License-Identifier: Apache-2.0 */
/* docker_archive.h - a docker-archive, as written by docker save, podman save, skopeo,
 * crane pull and others, as a source of images.
 *
 * It has no OCI manifest, so one is made here, always the same for the same image: the
 * config and the layers as they are in the archive, in compact JSON.  These bytes never
 * change between versions of this program, as digests that people wrote down depend on
 * them.
 *
 * Layer:  archive.
 * Source: moby, image/tarexport; containers/image, docker/internal/tarfile.
 */
#ifndef ARCHIVE_DOCKER_ARCHIVE_H
#define ARCHIVE_DOCKER_ARCHIVE_H

#include "base/run.h"
#include "images/local_images.h"

/*
 * Open one, plain or compressed; work_dir as for tar_index_open().  Each tag of an image
 * is an item of its own, and so is an image without tags.  Layers compressed with gzip or
 * zstd are read here; they and all others must have the diff_ids of the config.
 * A warning says where the archive is an OCI layout, too.
 * Errors: ERR_INTEGRITY - not a docker-archive, or a malformed one; a missing or doubled
 *         member; other digests than those that the archive gives.  ERR_PROTOCOL - made
 *         by Docker before 1.10; layers compressed otherwise.  ERR_LIMIT; those of
 *         tar_index_open().
 */
MUST_USE int docker_archive_open(struct local_images *out, const char *path,
                                 const char *work_dir, struct run *run, struct err *err);

#endif
