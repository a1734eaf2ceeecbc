/* SPDX-License-Identifier: Apache-2.0 */
/* client_internal.h - hosts, as the other files of registry/ ask for them.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_INTERNAL_H
#define REGISTRY_CONNECTION_CLIENT_INTERNAL_H

#include "registry/connection/allowance.h"
#include "registry/connection/client.h"
#include "registry/connection/client_state.h"
#include "registry/connection/session.h"

/* Caller holds the lock.  The host of a repository. */
struct host *client_find_host(struct client *c, const struct repository *repo);

/* The host of a repository; its scheme is determined. */
MUST_USE int client_host(struct session *s, const struct repository *repo,
                         struct host **out, struct err *err);

/*
 * Caller holds the lock.  Wait for a change, or a short time.
 * Errors: those of cancel_error().
 */
MUST_USE int client_wait(struct client *c, struct err *err);

/* Whether --plain-http lists this host (as in references). */
bool client_allows_plain(const struct client *c, const char *name);

/* Whether --trust-realm lists this token server (with its port unless it is the
 * default). */
bool client_trusts_realm(const struct client *c, const char *name);

/* The URL of /v2/PATH/REST on a host.  The caller frees it. */
char *client_url(const struct host *host, const char *path, const char *rest);

#endif
