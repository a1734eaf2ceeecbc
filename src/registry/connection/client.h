/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - the interface to registries: one client per run, one session per worker.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_H
#define REGISTRY_CONNECTION_CLIENT_H

#include "base/run.h"
#include "registry/credentials/credentials.h"
#include "registry/config/mirrors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct client_config {
    const char *ca_file; /* or NULL: the system's CAs, and those of certs_d.h */
    const char *tls_cert,
        *tls_key; /* client certificate to use instead of those found; or NULL */
    const char *const *plain_hosts; /* --plain-http: host[:port] as in references */
    size_t plain_count;
    const char *const *trusted_realms; /* --trust-realm: host[:port] of token servers */
    size_t realm_count;
    const struct mirrors
        *routes; /* routes to fetch by; NULL: directly from the registries in the names */
    const char *proxy;      /* as for http_proxy_for() */
    bool may_push;          /* ask for push scopes */
    unsigned sessions;      /* number of sessions, one per worker */
    unsigned retries;       /* consecutive failures without progress */
    unsigned first_retries; /* for a server that has never answered */
    uint64_t
        limit_rate; /* bytes per second, all sessions and both directions; 0: unlimited */
    struct credentials *credentials; /* or NULL: always anonymous */
    struct run *run;
};

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

/* A repository: host as in references, and path.  Strings are borrowed. */
struct repository {
    const char *host;
    const char *path;
    bool by_digest;   /* the user gave a digest, which affects the choice of mirrors */
    bool is_insecure; /* registries.conf allows plain HTTP for it */
};

#endif
