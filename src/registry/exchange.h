/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - one call to a registry, with authorization, redirects, retries, and error
 * messages.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Errors"; RFC 9110 section 15.4.
 */
#ifndef REGISTRY_EXCHANGE_H
#define REGISTRY_EXCHANGE_H

#include "base/digest.h"
#include "registry/connection/client_internal.h"
#include "registry/connection/retry.h"

struct call {
    const struct repository *repo;
    const char *mount_from; /* NULL, or the repository path a mount needs access to too */
    bool is_linked;  /* url comes from a document and may be on any host: no authorization
                      */
    bool stays_here; /* an answer from another host is not from its storage: do not retry
                      */
    uint64_t expected; /* expected bytes of the answer; 0: request.body_max */
    /* url: absolute, at the registry itself; authorization is filled in by exchange(). */
    struct http_request request;
};

/* The reason for a 401 or 403. */
enum refusal {
    REFUSAL_NONE,        /* not related to credentials */
    REFUSAL_OF_NOBODY,   /* no credentials were sent */
    REFUSAL_OF_WITHHELD, /* credentials are withheld on plain HTTP */
    REFUSAL_OF_PASSWORD,
    REFUSAL_OF_TOKEN,
    REFUSAL_OF_ANONYMOUS, /* a token requested without credentials */
    REFUSAL_EXPIRED,      /* the login was accepted earlier */
};

struct answer {
    struct http_response http;
    char *url;      /* the URL that answered: a Location is relative to it */
    bool elsewhere; /* another origin than the registry's, such as a storage server */
    enum refusal refusal;
    char *silent_helper; /* a helper that returned no credentials, when none were found */
};

#define ANSWER_INIT                                                                      \
    {                                                                                    \
        .url = NULL                                                                      \
    }
void answer_release(struct answer *a);

/* Whether the status is 2xx. */
bool answer_is_success(const struct answer *a);

/*
 * Send a call once, within the current allowance: with the authorization the registry
 * requires, renewed at most once, and following redirects.  0 with any status; -1 as
 * http_exchange(), and ERR_AUTH, ERR_PROTOCOL when authorization or a redirect is not
 * safe.
 */
MUST_USE int exchange_once(struct session *s, const struct call *call, struct answer *a,
                           struct err *err);

/* exchange_once() with retries of transient failures, within the allowance of its bytes
 * (allowance.h). */
MUST_USE int exchange(struct session *s, const struct call *call, struct answer *a,
                      struct err *err);

/*
 * A last request with no one waiting for it: sent even when work should stop, without
 * retries, for at most request.parting_ms.  Its result is ignored.
 */
void exchange_parting(struct session *s, struct host *host, const struct call *call);

/* ---- unexpected answers ---- */

#endif
