/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_default.h - which credentials files are read, in which order.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_DEFAULT_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_DEFAULT_H

#include "registry/credentials/credentials.h"

/* Load such a file.  Errors: as credentials_parse(); ERR_NOT_FOUND, ERR_LOCAL,
 * ERR_LIMIT. */
MUST_USE int credentials_load(struct credentials *c, const char *path, struct err *err);

/*
 * Load what docker and podman would use: only $REGISTRY_AUTH_FILE if set; otherwise
 * $DOCKER_AUTH_CONFIG (the text itself), podman's two files or the helpers configured
 * instead, docker's file, as far as they exist.
 * Errors: as credentials_load() and podman_helpers_load().
 */
MUST_USE int credentials_load_default(struct credentials *c, struct err *err);
/* The files that this may read, existing or not. */
void credentials_default_files(struct secure_dir_names *out);

#endif
