/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - the interface to registries: one client per run, one session per worker.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_H
#define REGISTRY_CONNECTION_CLIENT_H

#include "registry/connection/client_config.h"

/*
 * Shared by all workers: the state of each host, tokens.  config is borrowed.
 * http_global_init() must have been called.
 */
struct client;
struct client *client_new(const struct client_config *config);
void client_free(struct client *c); /* NULL is allowed */

/* The connections of one worker (below config.sessions); used by that thread only. */
struct session;
struct session *client_session(struct client *c, unsigned worker);

#endif
