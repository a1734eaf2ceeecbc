/* SPDX-License-Identifier: Apache-2.0 */
/* client_internal.h - what is known of each registry, shared by all workers.
 *
 * The lock guards every field marked "guarded"; it is never held during a network call.
 * Whoever finds a thing under way by another worker waits for it instead of asking twice.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_INTERNAL_H
#define REGISTRY_CONNECTION_CLIENT_INTERNAL_H

#include "io/http/http.h"
#include "registry/connection/allowance.h"
#include "registry/config/certs_d.h"
#include "registry/connection/challenge.h"
#include "registry/connection/client.h"
#include "registry/connection/throttle.h"

#include <pthread.h>
#include <stdint.h>

#define SESSION_CONNS_MAX 8
#define NOTICES_MAX       16 /* different warnings that are shown in a run */

/* How a registry takes blobs: learnt from its refusals.  Zeroed: in every way. */
struct upload_quirks {
    bool no_patch;    /* only PUT with the body */
    bool no_put_body; /* only PATCH, then an empty PUT */
    uint64_t piece;   /* bytes of the largest request, 0: any number */
};

/* A registry, for those of its repositories that may lack TLS, or for all others.  Lives
 * as long as the client. */
struct host {
    struct host *next;
    char *name;       /* as references say it */
    bool is_insecure; /* as its repository is; the same name without that is another */

    enum { SCHEME_UNKNOWN, SCHEME_ASKING, SCHEME_KNOWN } scheme; /* guarded */
    struct http_origin origin; /* fixed once the scheme is known, like this */
    struct certs_d certificates;
    bool is_prepared; /* both were looked up */
    bool is_given_up; /* guarded: a mirror that cannot be reached */

    enum challenge_scheme
        auth;              /* guarded, like these two: what the last challenge asked */
    char *realm, *service; /* realm is absolute */
    enum http_reach reach; /* guarded: of the address that answered */

    struct upload_quirks upload; /* guarded */

    bool has_answered;     /* guarded, like all below: anything, ever */
    bool is_silent;        /* it never did, and was asked often enough */
    uint64_t served;       /* requests it answered as it should */
    bool is_by_head;       /* it does not let blobs be read to check them: presence.h */
    bool is_limit_told;    /* that few pulls are left */
    bool is_no_api_told;   /* that it has no referrers API */
    bool is_withheld_told; /* that credentials for it are not sent */
};

/* A server that asked to slow down: a registry, or one that it leads to. */
struct pace {
    struct pace *next;
    struct http_origin origin;
    struct throttle throttle;
};

/* A token for one repository, and one more to mount from. */
struct token {
    struct token *next;
    const struct host *host;
    char *path, *mount_from; /* mount_from: "" when there is none */
    struct secret value;     /* guarded, like all below */
    uint64_t good_until;     /* clock_ms() */
    unsigned generation;     /* grows with each new value; 0: none yet */
    bool asking;             /* a worker is fetching it */
};

struct client {
    struct client_config config;
    struct rate rate; /* of all sessions together */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something ceased to be under way */
    struct host *hosts;     /* guarded */
    struct token *tokens;   /* guarded; the last one used first */
    struct pace *paces;     /* guarded, see host_throttle.h */
    size_t host_throttle_count;
    char *told[NOTICES_MAX]; /* guarded: warnings of registries that were shown */
    size_t told_count;
    struct session *sessions;
};

/* One kept-alive connection.  The CAs of a registry hold for it and for where it leads;
 * its client certificate is shown to itself alone. */
struct session_conn {
    const struct host *host;
    struct http_origin origin;
    struct http_conn *http;
    uint64_t used; /* session->clock when it was last used */
};

struct session {
    struct client *client;
    struct session_conn conns[SESSION_CONNS_MAX];
    uint64_t clock;
    struct host *host;   /* the last one asked, for which all is done; NULL: none yet */
    uint64_t sent;       /* clock_ms() of when the last request was begun */
    int64_t retry_after; /* seconds the last answer asked to wait, -1: it did not */
    bool is_throttled;   /* the last answer was to slow down */
    struct allowance *allowance; /* of the work under way, the innermost; NULL: none */
    uint64_t paused_ms;          /* in all, between requests */
};

/* The connection to an origin on behalf of s->host, made when there is none; the oldest
 * gives way. */
struct http_conn *session_conn(struct session *s, const struct http_origin *origin,
                               struct err *err);

/* As http_exchange(), within the time that is left. */
MUST_USE int session_exchange(const struct session *s, struct http_conn *conn,
                              const struct http_request *request,
                              struct http_response *response, struct err *err);

/* As cancel_sleep(), between requests. */
MUST_USE int session_pause(struct session *s, uint64_t ms, struct err *err);

/* Under the lock: the host of a repository. */
struct host *client_find_host(struct client *c, const struct repository *repo);

/* The host of a repository; its scheme is known afterwards. */
MUST_USE int client_host(struct session *s, const struct repository *repo,
                         struct host **out, struct err *err);

/*
 * Under the lock: wait until somebody signals a change, or for a moment.
 * Errors: those of cancel_error().
 */
MUST_USE int client_wait(struct client *c, struct err *err);

/* Does --plain-http name this host (as references say it)? */
bool client_allows_plain(const struct client *c, const char *name);

/* Does --trust-realm name this token server (with its port unless that is the usual one)?
 */
bool client_trusts_realm(const struct client *c, const char *name);

/* The URL of /v2/PATH/REST on a host.  The caller frees it. */
char *client_url(const struct host *host, const char *path, const char *rest);

#endif
