/* SPDX-License-Identifier: Apache-2.0 */
/* mirrors.h - where the images of a name are fetched from: mirrors first, or a
 * replacement location, or blocked.
 *
 * Only the servers are selected here.  The name of an image does not change, and every
 * byte is checked against the same digest wherever it came from.
 *
 * Layer: registry.
 * Source: containers-registries.conf(5), format of version 2, without short names;
 *         containers-registries.conf.d(5).
 */
#ifndef REGISTRY_CONFIG_MIRRORS_H
#define REGISTRY_CONFIG_MIRRORS_H

#include "oci/reference.h"

#include <stdbool.h>
#include <stddef.h>

struct mirrors;

/* An empty set: every image is fetched from the registry in its name. */
struct mirrors *mirrors_new(void);
void mirrors_release(struct mirrors **r);

/* A server to fetch from. */
struct route_stop {
    char host[REFERENCE_HOST_MAX + 1]; /* as in references */
    char path[REFERENCE_PATH_MAX + 1];
    bool is_insecure; /* may be used without TLS as part of this route */
};

struct route {
    struct route_stop *stops; /* in order of use: mirrors, then the registry itself */
    size_t count;             /* at least 1 */
    const char *file;         /* file and line of the rule; NULL: no rule applies */
    unsigned line;
};

#define ROUTE_INIT                                                                       \
    {                                                                                    \
        .stops = NULL                                                                    \
    }
void route_release(struct route *route);

/*
 * The route of a repository; by_digest: the user gave a digest, to which mirrors may be
 * limited.  The longest prefix wins.
 * Errors: ERR_USAGE - it is blocked, or a location does not form a valid repository.
 */
MUST_USE int mirrors_find(const struct mirrors *r, const char *host, const char *path,
                          bool by_digest, struct route *out, struct err *err);

#endif
