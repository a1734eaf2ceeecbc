/* SPDX-License-Identifier: Apache-2.0 */
/* podman_helpers.h - the credential helpers that podman queries for every registry.
 *
 * Layer: registry.
 * Source: containers-registries.conf(5), "credential-helpers".
 */
#ifndef REGISTRY_CREDENTIALS_PODMAN_HELPERS_H
#define REGISTRY_CREDENTIALS_PODMAN_HELPERS_H

#include "base/err.h"

#include <stddef.h>

#define PODMAN_HELPERS_MAX 16
#define PODMAN_FILES       "containers-auth.json" /* in the list: podman's own files */

struct podman_helpers {
    char *names[PODMAN_HELPERS_MAX]; /* owned; PODMAN_FILES or those of helpers */
    size_t count;
};

#define PODMAN_HELPERS_INIT                                                              \
    {                                                                                    \
        .count = 0                                                                       \
    }
void podman_helpers_release(struct podman_helpers *h);

/*
 * Read the list from a registries.conf, whose name is used in messages; *out is replaced.
 * Returns: 1; 0 there is none, or an empty one: *out is unchanged; -1. Errors: as
 * toml_read(); ERR_USAGE - not a list of helper names.
 */
int podman_helpers_parse(struct podman_helpers *out, const char *name, const char *bytes,
                         size_t len, struct err *err);

/*
 * The effective list: that of the last file that has one, see registries_conf_read();
 * PODMAN_FILES without one.  Errors: of both.
 */
MUST_USE int podman_helpers_load(struct podman_helpers *out, struct err *err);

#endif
