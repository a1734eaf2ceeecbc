/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - one call to a registry with everything around it: authorization,
 * redirects, retries, and errors in words.
 *
 * Layer:  registry.
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
    bool is_linked;  /* url is what a document links to, anywhere: no authorization */
    bool stays_here; /* what answers elsewhere is no storage: never worth another try */
    uint64_t
        expected; /* bytes of the answer, where they are known; 0: request.body_max */
    /* url: absolute, at the registry itself; authorization is filled in here. */
    struct http_request request;
};

/* What was not good enough, of an answer 401 or 403. */
enum refusal {
    REFUSAL_NONE,        /* it does not matter who we are */
    REFUSAL_OF_NOBODY,   /* we did not say who we are */
    REFUSAL_OF_WITHHELD, /* nor did we want to, in plain http */
    REFUSAL_OF_PASSWORD,
    REFUSAL_OF_TOKEN,
    REFUSAL_EXPIRED, /* it was good enough once */
};

struct answer {
    struct http_response http;
    char *url;      /* the one that answered: a Location is relative to it */
    bool elsewhere; /* it is not the registry's own origin but, say, a storage server */
    enum refusal refusal;
    char *silent_helper; /* a helper that said it has no credentials, when we had none */
};

#define ANSWER_INIT                                                                      \
    {                                                                                    \
        .url = NULL                                                                      \
    }
void answer_release(struct answer *a);

/* 2xx? */
bool answer_is_success(const struct answer *a);

/*
 * Once, in the time of the work that it is a part of: with the authorization the registry
 * asks for, renewed at most once, and its redirects followed.  0 with whatever status
 * came back; -1 as http_exchange(), and ERR_AUTH, ERR_PROTOCOL when authorization or a
 * redirect is not to be had safely.
 */
MUST_USE int exchange_once(struct session *s, const struct call *call, struct answer *a,
                           struct err *err);

/* The same, tried again while it fails in a way that may pass, in the time that its bytes
 * are allowed (allowance.h). */
MUST_USE int exchange(struct session *s, const struct call *call, struct answer *a,
                      struct err *err);

/*
 * A last request that nobody waits for: also when work should stop, without retries, and
 * request.parting_ms at most.  What comes of it does not matter.
 */
void exchange_parting(struct session *s, struct host *host, const struct call *call);

/* ---- answers that are not what was asked for ---- */

#endif
