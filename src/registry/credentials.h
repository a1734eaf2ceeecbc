/* credentials.h - which user name and password belong to which registry.
 *
 * Layer:  registry.
 * Source: docker's config.json ("auths"); containers-auth.json(5).
 */
#ifndef REGISTRY_CREDENTIALS_H
#define REGISTRY_CREDENTIALS_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

#define CREDENTIALS_FILE_MAX  (4U << 20)  /* bytes */
#define CREDENTIALS_VALUE_MAX (64U << 10) /* bytes of a name, password or token */

struct credential {
    char *user; /* "" with an identity or registry token; NULL when nothing was found */
    struct secret password;
    struct secret identity_token; /* for the OAuth2 refresh flow */
    struct secret registry_token; /* sent as Bearer as it is */
};

#define CREDENTIAL_INIT                                                                  \
    {                                                                                    \
        .user = NULL                                                                     \
    }
void credential_release(struct credential *c);

/* Is there a user name with a password?  An identity token may come with one or without.
 */
bool credential_has_password(const struct credential *c);

struct credentials;

/* An empty set: everything anonymous. */
struct credentials *credentials_new(void);
void credentials_free(struct credentials *c);
void credentials_release(struct credentials **c);

/*
 * Use the entries of a config file; what earlier files say wins.
 *
 * Shape:  {"auths": {KEY: {"auth": base64(USER:PASSWORD)} or {"username", "password"},
 *         perhaps with "identitytoken" or "registrytoken"}}.  A key is a host with its
 *         port, as docker writes it also with a scheme, and then or with "/v1/", "/v2/"
 *         the path is dropped; a key for one namespace of a host ("host/team") is not
 * used. Errors: ERR_USAGE - not such a file: names it and the key, never a value;
 * ERR_NOT_FOUND, ERR_LOCAL, ERR_LIMIT.
 */
MUST_USE int credentials_load(struct credentials *c, const char *path, struct err *err);

/* The file docker uses: $DOCKER_CONFIG/config.json or ~/.docker/config.json; absent:
 * fine. */
MUST_USE int credentials_load_default(struct credentials *c, struct err *err);

/*
 * Add one from "USER:PASSWORD" (one trailing newline is dropped); wins over files.
 * Errors: ERR_USAGE.
 */
MUST_USE int credentials_add(struct credentials *c, const char *host, const char *text,
                             size_t len, struct err *err);

/*
 * Look up for a registry as references name it ("docker.io", "reg:5000").  The port
 * counts: "reg" and "reg:443" are two.  Docker Hub is found under all the names it goes
 * by. Returns: 1 found, *out set, which must be empty before; 0 anonymous; -1. Errors:
 * ERR_AUTH - the file says a credential helper has it, which this version does not run:
 * never silently anonymous.
 */
int credentials_find(const struct credentials *c, const char *host,
                     struct credential *out, struct err *err);

#endif
