/* SPDX-License-Identifier: Apache-2.0 */
/* credential_helper.h - run docker-credential-NAME, which keeps credentials.
 *
 * Layer: registry.
 * Source: docker-credential-helpers, "Development": get, store, erase.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIAL_HELPER_H
#define REGISTRY_CREDENTIALS_CREDENTIAL_HELPER_H

#include "base/cancel.h"
#include "registry/credentials/credential.h"

#include <stddef.h>

#define HELPER_NAME_MAX   64         /* bytes after "docker-credential-" */
#define HELPER_ANSWER_MAX (64 << 10) /* bytes */

/* Letters, digits, '.', '_' and '-', not beginning with '-' or '.': never a path. */
bool helper_name_is_valid(const char *name);

/*
 * Run "docker-credential-NAME get" for a server.
 * Returns: 1 and *out, which must be empty; 0 it has none; -1.
 * Errors:  ERR_AUTH - no such program, it failed, took longer than 30 s, or gave a
 *          malformed answer; ERR_SIGNAL and placeholders of cancel.h.  The message never
 *          quotes a possible secret.
 */
int helper_get(const char *name, const char *server, struct cancel *cancel,
               struct credential *out, struct err *err);

/*
 * Run "docker-credential-NAME store" with the credentials of a server.
 * Errors: as helper_get(); ERR_LIMIT - they are longer than SPAWN_INPUT_MAX.
 */
MUST_USE int helper_store(const char *name, const char *server,
                          const struct credential *c, struct cancel *cancel,
                          struct err *err);

/* Run "docker-credential-NAME erase" for a server.  Errors: as helper_get(). */
MUST_USE int helper_erase(const char *name, const char *server, struct cancel *cancel,
                          struct err *err);

/*
 * Parse its answer, {"Username": U, "Secret": S}; other members are ignored.
 * Errors: ERR_AUTH; *out is then untouched.
 */
MUST_USE int helper_parse(const void *bytes, size_t len, struct credential *out,
                          struct err *err);

#endif
