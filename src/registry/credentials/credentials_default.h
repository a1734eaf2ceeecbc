/* SPDX-License-Identifier: Apache-2.0 */
/* credentials_default.h - which files of credentials are read, in which order.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_DEFAULT_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_DEFAULT_H

#include "registry/credentials/credentials.h"

/* A file of that form.  Errors: as above; ERR_NOT_FOUND, ERR_LOCAL, ERR_LIMIT. */
MUST_USE int credentials_load(struct credentials *c, const char *path, struct err *err);

/*
 * What docker and podman would use: $REGISTRY_AUTH_FILE and nothing else; without it
 * $DOCKER_AUTH_CONFIG (the text itself), podman's two files or what its list of helpers
 * has instead, docker's file, as far as they exist.
 * Errors: as credentials_load() and podman_helpers_load().
 */
MUST_USE int credentials_load_default(struct credentials *c, struct err *err);
/* The files that this may read, whether they exist or not. */
void credentials_default_files(struct secure_dir_names *out);

#endif
