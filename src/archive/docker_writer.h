/* SPDX-License-Identifier: Apache-2.0 */
/* docker_writer.h - images written to a docker-archive, for docker load and podman load.
 *
 * It has room for configs, layers and names only: no manifests, no indexes, nothing that
 * is attached.  So an index must have exactly one image left, and digests of manifests
 * are lost.  The bytes of the file depend on its images and their order alone.
 *
 * Layer:  archive.
 * Source: moby, image/tarexport; containerd, core/images/archive/importer.go, which takes
 *         every compressed layer for gzip; containers/image, docker/internal/tarfile.
 */
#ifndef ARCHIVE_DOCKER_WRITER_H
#define ARCHIVE_DOCKER_WRITER_H

#include "images/image_target.h"

/*
 * An existing file is replaced as a whole, if that is allowed.
 * Errors of begin(): ERR_USAGE - not an image; more than one platform; a layer that is
 * neither uncompressed nor compressed with gzip; a name without a tag.
 */
void docker_archive_target(struct image_target *out, const char *path);

#endif
