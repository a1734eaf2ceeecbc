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
/* Where login keeps credentials, so that they are found again. */
struct login_place {
    char *path;     /* owned; NULL: */
    char *helper;   /* owned; the helper that registries.conf lists first */
    bool is_named;  /* the path was given, or is that of REGISTRY_AUTH_FILE: no other file
                     * is read */
    bool is_docker; /* docker's own file */
};

#define LOGIN_PLACE_INIT                                                                 \
    {                                                                                    \
        .path = NULL                                                                     \
    }
void login_place_release(struct login_place *p);

/*
 * The file given, or NULL; $REGISTRY_AUTH_FILE; the first helper of registries.conf;
 * docker's file if $DOCKER_CONFIG is set; the file of podman login.
 * Errors: those of podman_helpers_load().
 */
MUST_USE int login_place_find(struct login_place *out, const char *given,
                              struct err *err);

/* The files that this may read, existing or not. */
void credentials_default_files(struct secure_dir_names *out);

#endif
