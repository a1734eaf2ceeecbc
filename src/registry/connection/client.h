/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - registries as ops/ sees them: one client a run, one session a worker.
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
    const char *tls_cert, *tls_key; /* client certificate, instead of those found; NULL */
    const char *const *plain_hosts; /* --plain-http: host[:port] as in references */
    size_t plain_count;
    const char *const *trusted_realms; /* --trust-realm: host[:port] of token servers */
    size_t realm_count;
    const struct mirrors *routes; /* where to fetch from; NULL: from where names say */
    const char *proxy;            /* as http_proxy_for() takes it */
    bool may_push;                /* ask for push scopes */
    unsigned sessions;            /* one a worker */
    unsigned retries;             /* in a row without progress */
    unsigned first_retries;       /* as long as a server has not answered at all */
    uint64_t limit_rate; /* bytes a second, all sessions and both ways; 0: none */
    struct credentials *credentials; /* or NULL: everything anonymous */
    struct run *run;
};

/*
 * Shared by all workers: what is known of each host, tokens.  Everything borrowed.
 * http_global_init() must have been called.
 */
struct client;
struct client *client_new(const struct client_config *config);
void client_free(struct client *c); /* NULL is fine */

/* The connections of one worker (below config.sessions); used by that thread only. */
struct session;
struct session *client_session(struct client *c, unsigned worker);

/* A repository: host as references name it, and path.  Strings borrowed. */
struct repository {
    const char *host;
    const char *path;
    bool
        by_digest; /* the user named a digest: which mirrors are asked may depend on it */
    bool is_insecure; /* registries.conf lets this one be asked in plain http */
};

#endif
