/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.h - which user name and password belong to which repository.
 *
 * A set has sources in an order: what was given by hand, then files.  The first source
 * that knows something about a repository decides.
 *
 * Layer:  registry.
 * Source: docker's config.json; containers-auth.json(5).
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIALS_H
#define REGISTRY_CREDENTIALS_CREDENTIALS_H

#include "base/run.h"
#include "io/file/secure_dir.h"
#include "registry/credentials/credential.h"

#include <stddef.h>

#define CREDENTIALS_FILE_MAX (4U << 20) /* bytes */

struct credentials;

/* An empty set: everything anonymous.  events (to say which source was used) and cancel
 * (to give up on a helper) are borrowed. */
struct credentials *credentials_new(struct run *run);
void credentials_release(struct credentials **c);

/* ---- sources: each call adds to the end of the order ---- */

/*
 * "USER:PASSWORD" (one trailing newline is dropped) for one host.
 * Errors: ERR_USAGE.
 */
MUST_USE int credentials_add(struct credentials *c, const char *host, const char *text,
                             size_t len, struct err *err);

/* Was that host one of those?  host as references name it. */
bool credentials_are_added(const struct credentials *c, const char *host);

/*
 * The bytes of a config file; name is for messages.
 *
 * Shape:  {"auths": {KEY: {"auth": base64(USER:PASSWORD)} or {"username", "password"},
 *         perhaps with "identitytoken" or "registrytoken"}, "credHelpers": {KEY: NAME},
 *         "credsStore": NAME}, all of it optional.  A key is a host with its port, as
 *         docker writes it with a scheme, "/v1/" or "/v2/" around it; or a host and a
 *         namespace ("host/team") that its repositories have to be below.
 * Errors: ERR_USAGE - not such a file: names it and the key, never a value.
 */
MUST_USE int credentials_parse(struct credentials *c, const char *name, const void *bytes,
                               size_t len, struct err *err);

/* A helper, by a valid name, that is asked about every host; from: for messages. */
void credentials_add_helper(struct credentials *c, const char *name, const char *from);

/* ---- looking up: from every thread ---- */

/*
 * For a repository, its host as references name it ("docker.io", "reg:5000").  The port
 * counts: "reg" and "reg:443" are two.  Docker Hub is found under all the names it goes
 * by.  Within a source the helper of the host has the only word; else the store is asked,
 * and then the longest namespace wins.  Helpers are run once for each host.
 *
 * Returns: 1 found, *out set, which must be empty before; 0 anonymous; -1.
 * Errors:  ERR_AUTH - a helper failed: never silently anonymous; those of cancel.h.
 */
int credentials_find(struct credentials *c, const char *host, const char *path,
                     struct credential *out, struct err *err);

/*
 * That one was refused: is there another by now?  Asks a helper once more, in case what
 * it gave has expired.  Returns and errors: as credentials_find().
 */
int credentials_renew(struct credentials *c, const char *host, const char *path,
                      const struct credential *refused, struct credential *out,
                      struct err *err);

/* The program that said it has nothing for a host, or NULL.  The caller frees it. */
char *credentials_silent_helper(struct credentials *c, const char *host);

#endif
