/* SPDX-License-Identifier: Apache-2.0 */
/* mirrors.h - where the images of a name are fetched from: mirrors first, another place
 * than the name says, or nowhere.
 *
 * Only where to ask is decided here.  What an image is called does not change, and every
 * byte is checked against the same digest wherever it came from.
 *
 * Layer:  registry.
 * Source: containers-registries.conf(5), format of version 2, without short names;
 *         containers-registries.conf.d(5).
 */
#ifndef REGISTRY_CONFIG_MIRRORS_H
#define REGISTRY_CONFIG_MIRRORS_H

#include "oci/reference.h"

#include <stdbool.h>
#include <stddef.h>

struct mirrors;

/* An empty set: everything comes from where its name says. */
struct mirrors *mirrors_new(void);
void mirrors_release(struct mirrors **r);

/* A place to ask. */
struct route_stop {
    char host[REFERENCE_HOST_MAX + 1]; /* as references say it */
    char path[REFERENCE_PATH_MAX + 1];
    bool is_insecure; /* it may lack TLS, when asked along this way */
};

struct route {
    struct route_stop *stops; /* in the order to ask: mirrors, then the registry itself */
    size_t count;             /* at least 1 */
    const char *file;         /* that says so, and its line; NULL: no file does */
    unsigned line;
};

#define ROUTE_INIT                                                                       \
    {                                                                                    \
        .stops = NULL                                                                    \
    }
void route_release(struct route *route);

/*
 * Where to ask for a repository; by_digest: the user gave a digest, to which mirrors may
 * be limited.  The longest prefix decides.
 * Errors: ERR_USAGE - it is blocked, or a location does not make a repository of it.
 */
MUST_USE int mirrors_find(const struct mirrors *r, const char *host, const char *path,
                          bool by_digest, struct route *out, struct err *err);

#endif
