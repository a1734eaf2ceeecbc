/* SPDX-License-Identifier: Apache-2.0 */
/* credentials.h - the credentials of a repository.
 *
 * A set has ordered sources: explicit ones first, then files.  The first source with an
 * entry for a repository wins.
 *
 * Layer: registry.
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

/* An empty set: always anonymous.  events (to report which source is used) and cancel (to
 * abort a helper) are borrowed. */
struct credentials *credentials_new(struct run *run);
void credentials_release(struct credentials **c);

/* ---- sources: each call appends one ---- */

/*
 * "USER:PASSWORD" (one trailing newline is dropped) for one host.
 * Errors: ERR_USAGE.
 */
MUST_USE int credentials_add(struct credentials *c, const char *host, const char *text,
                             size_t len, struct err *err);

/* Whether that host is one of those.  host: as in references. */
bool credentials_are_added(const struct credentials *c, const char *host);

/*
 * The bytes of a config file; name is used in messages.
 *
 * Shape:  {"auths": {KEY: {"auth": base64(USER:PASSWORD)} or {"username", "password"},
 *         optionally with "identitytoken" or "registrytoken"}, "credHelpers": {KEY:
 *         NAME},
 *         "credsStore": NAME}, all of it optional.  A key is a host with its port, as
 *         docker writes it with a scheme, "/v1/" or "/v2/" around it; or a host and a
 *         namespace ("host/team") for the repositories below it.
 * Errors: ERR_USAGE - malformed; the message names file and key, never a value.
 */
MUST_USE int credentials_parse(struct credentials *c, const char *name, const void *bytes,
                               size_t len, struct err *err);

/* A helper with a valid name, queried for every host; from: for messages. */
void credentials_add_helper(struct credentials *c, const char *name, const char *from);

/* ---- lookup: thread-safe ---- */

/*
 * Look up a repository by its host as in references ("docker.io", "reg:5000").  The port
 * counts: "reg" and "reg:443" differ.  Docker Hub is found under all of its names.
 * Within a source only the host's helper is consulted, if it has one; else the store, and
 * then the longest namespace wins.  Helpers are run once per host.
 *
 * Returns: 1 found, *out set, which must be empty before; 0 anonymous; -1.
 * Errors:  ERR_AUTH - a helper failed: never silently anonymous; those of cancel.h.
 */
int credentials_find(struct credentials *c, const char *host, const char *path,
                     struct credential *out, struct err *err);

/*
 * The name of the source whose credentials are used for a host as a whole, as in
 * messages, and *out, which must be empty before.  NULL: there is none, or a helper
 * failed.
 */
const char *credentials_source_name(struct credentials *c, const char *host,
                                    struct credential *out);

/*
 * After a refusal, look up again.  Queries a helper once more, in case its answer
 * expired.  Returns and errors: as credentials_find().
 */
int credentials_renew(struct credentials *c, const char *host, const char *path,
                      const struct credential *refused, struct credential *out,
                      struct err *err);

/* The helper program that returned no credentials for a host, or NULL.  The caller frees
 * it. */
char *credentials_silent_helper(struct credentials *c, const char *host);

#endif
