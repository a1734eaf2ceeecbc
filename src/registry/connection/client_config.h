/* SPDX-License-Identifier: Apache-2.0 */
/* client_config.h - how registries are reached, as the user wants it, and what is asked
 * of them.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_CONFIG_H
#define REGISTRY_CONNECTION_CLIENT_CONFIG_H

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

/* A repository: host as in references, and path.  Strings are borrowed. */
struct repository {
    const char *host;
    const char *path;
    bool by_digest;   /* the user gave a digest, which affects the choice of mirrors */
    bool is_insecure; /* registries.conf allows plain HTTP for it */
};

#endif
