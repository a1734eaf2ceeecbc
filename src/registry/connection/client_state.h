/* SPDX-License-Identifier: Apache-2.0 */
/* client_state.h - the state of each registry, shared by all workers.
 *
 * The lock guards every field marked "guarded"; it is never held during a network call.
 * A worker that needs something another worker is fetching waits for it.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CLIENT_STATE_H
#define REGISTRY_CONNECTION_CLIENT_STATE_H

#include "io/http/http.h"
#include "registry/config/certs_d.h"
#include "registry/connection/challenge.h"
#include "registry/connection/client_config.h"
#include "registry/connection/throttle.h"

#include <pthread.h>
#include <stdint.h>

#define SESSION_CONNS_MAX 8
#define NOTICES_MAX       16 /* different warnings that are shown in a run */

/* The requests an upload may use, learnt from refusals.  Zeroed: all of them. */
struct upload_quirks {
    bool no_patch;    /* PATCH refused: PUT with the body */
    bool no_put_body; /* body with PUT refused: PATCH, then an empty PUT */
    uint64_t piece;   /* maximum bytes per request, 0: unlimited */
};

/* Whether a host has the referrers API for the repositories whose paths begin alike: one
 * host may serve several registries, as Artifactory and Nexus do.  Guarded. */
struct referrers_api {
    struct referrers_api *next;
    char *project;    /* first component of their paths; "" for paths of one */
    unsigned missing; /* questions for which it was missing */
    bool is_there;
};

/* A registry, either for repositories that may lack TLS, or for all others.  Lives as
 * long as the client. */
struct host {
    struct host *next;
    char *name; /* as in references */
    bool
        is_insecure; /* as in struct repository; hosts with and without it are distinct */

    enum { SCHEME_UNKNOWN, SCHEME_ASKING, SCHEME_KNOWN } scheme; /* guarded */
    struct http_origin origin; /* fixed once the scheme is known, like this */
    struct certs_d certificates;
    bool is_prepared; /* proxy and certificates were looked up */
    bool is_given_up; /* guarded: a mirror that is unreachable */

    enum challenge_scheme auth; /* guarded, as the next two: the last challenge */
    char *realm, *service;      /* realm is absolute */
    enum http_reach reach;      /* guarded: of the peer's address */

    struct upload_quirks upload; /* guarded */

    bool has_answered;  /* guarded, as all below: it answered at least once */
    bool is_silent;     /* it never answered, and all retries were used: */
    struct err silence; /* the last error */
    uint64_t served;    /* requests it served without asking to slow down */
    bool is_by_head; /* blobs cannot be read, so presence is checked with HEAD: presence.h
                      */
    bool is_limit_told; /* the warning of few pulls left was shown */
    struct referrers_api *apis;
    bool has_head;         /* HEAD finds manifests */
    bool is_no_api_told;   /* that it refuses the referrers API */
    bool is_withheld_told; /* the warning of withheld credentials was shown */
};

/* Rate limiting by a server: a registry, or one it redirects to. */
struct pace {
    struct pace *next;
    struct http_origin origin;
    struct throttle throttle;
};

/* A token for one repository, and optionally one to mount from. */
struct token {
    struct token *next;
    const struct host *host;
    char *path, *mount_from; /* mount_from: "" when there is none */
    struct secret value;     /* guarded, like all below */
    uint64_t good_until;     /* clock_ms() */
    unsigned generation;     /* incremented with each new value; 0: no value yet */
    bool asking;             /* a worker is fetching it */
};

/* The tags of a repository that are derived from digests: see registry/attached_tags.h.
 * Fixed once no worker requests it. */
struct attached_tags {
    struct attached_tags *next;
    char *host, *path;
    bool is_asking; /* guarded: a worker requests it */
    bool is_known;  /* guarded: tags are all there are; else each must be requested */
    char **tags;    /* sorted */
    size_t count, cap;
};

struct client {
    struct client_config config;
    struct rate rate; /* shared by all sessions */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* some operation of another worker ended */
    struct host *hosts;     /* guarded */
    struct token *tokens;   /* guarded; the most recently used first */
    struct pace *paces;     /* guarded, see host_throttle.h */
    size_t host_throttle_count;
    struct attached_tags *attached; /* guarded */
    char *told[NOTICES_MAX];        /* guarded: warnings of registries already shown */
    size_t told_count;
    struct session *sessions;
};

/* A kept-alive connection.  The CAs of a registry apply to it and to the servers it
 * redirects to; its client certificate is sent only to itself. */
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
    struct host *host;           /* of the last call, fully prepared; NULL: none yet */
    uint64_t sent;               /* clock_ms() at which the last request was sent */
    int64_t retry_after;         /* Retry-After of the last answer in seconds, -1: none */
    bool is_throttled;           /* the last answer was a rate limit */
    struct allowance *allowance; /* of the current operation, the innermost; NULL: none */
    uint64_t paused_ms;          /* total of the pauses between requests */
};

#endif
