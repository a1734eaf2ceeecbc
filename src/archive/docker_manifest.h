/* SPDX-License-Identifier: Apache-2.0 */
/* docker_manifest.h - manifest.json of a docker-archive: which members are images.
 *
 * Layer:  archive.
 * Source: moby, image/tarexport ("docker save"), and containers/image, docker/internal/
 *         tarfile: an array of objects with Config, RepoTags and Layers.
 */
#ifndef ARCHIVE_DOCKER_MANIFEST_H
#define ARCHIVE_DOCKER_MANIFEST_H

#include "base/err.h"

#include <stddef.h>

#define DOCKER_MANIFEST_BYTES_MAX  (16U << 20)
#define DOCKER_MANIFEST_IMAGES_MAX 10000
#define DOCKER_MANIFEST_LAYERS_MAX 200000 /* of all images together */
#define DOCKER_MANIFEST_TAGS_MAX   10000  /* of all images together */

/* An image: names of members, as written, and the names that users know it by. */
struct docker_image {
    char *config;
    char **layers; /* the lowest first */
    size_t layer_count;
    char **tags; /* RepoTags */
    size_t tag_count;
};

struct docker_manifest {
    struct docker_image *images;
    size_t count;
};

#define DOCKER_MANIFEST_INIT                                                             \
    {                                                                                    \
        .images = NULL                                                                   \
    }
void docker_manifest_release(struct docker_manifest *m);

/*
 * Parse it.  RepoTags and Layers may be null or absent, other members are ignored.
 * Errors: ERR_INTEGRITY "json" or "format"; ERR_LIMIT.
 */
MUST_USE int docker_manifest_parse(struct docker_manifest *out, const void *bytes,
                                   size_t len, struct err *err);

#endif
