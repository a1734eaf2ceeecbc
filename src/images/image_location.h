/* SPDX-License-Identifier: Apache-2.0 */
/* image_location.h - where images are: in a registry, or "TRANSPORT:PATH[:NAME]".
 *
 *     docker.io/library/nginx:1.27, docker://..., oci://...    a reference in a registry
 *     bundle:FILE[:NAME]                                       a bundle
 *     oci:FOLDER[:NAME], oci-archive:FILE[:NAME]               an OCI layout, or its tar
 *     docker-archive:FILE[:NAME]                               docker save, podman save
 *
 * Layer:  images.
 * Source: containers-transports(5), whose users type these.
 */
#ifndef IMAGES_IMAGE_LOCATION_H
#define IMAGES_IMAGE_LOCATION_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum image_transport {
    TRANSPORT_REGISTRY,
    TRANSPORT_BUNDLE,
    TRANSPORT_OCI_DIR,
    TRANSPORT_OCI_ARCHIVE,
    TRANSPORT_DOCKER_ARCHIVE,
};

struct image_location {
    enum image_transport transport;
    char *path; /* owned; up to the first ':' after the transport; NULL for a registry */
    char
        *name; /* owned; what follows; "" for everything; the whole text for a registry */
};

#define IMAGE_LOCATION_INIT                                                              \
    {                                                                                    \
        .path = NULL                                                                     \
    }
void image_location_release(struct image_location *l);

/*
 * Parse what a user typed; text need not end in a NUL.  Names are not checked: what is
 * allowed depends on the transport.
 * Errors: ERR_USAGE - no path; NAME is empty after its ':'; another transport of
 * skopeo's.
 */
MUST_USE int image_location_parse(struct image_location *out, const char *text,
                                  size_t len, struct err *err);

/* Whether the text begins with one of the transports that have a path. */
bool image_location_is_local(const char *text, size_t len);

/* "oci-archive", as users type it; "docker" for a registry. */
const char *image_transport_name(enum image_transport transport);

#endif
