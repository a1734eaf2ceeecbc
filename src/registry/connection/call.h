/* SPDX-License-Identifier: Apache-2.0 */
/* call.h - what is asked of a registry, and its answer.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_CALL_H
#define REGISTRY_CONNECTION_CALL_H

#include "io/http/http_message.h"
#include "registry/connection/client_config.h"

struct call {
    const struct repository *repo;
    const char *mount_from; /* NULL, or the repository path a mount needs access to too */
    bool is_linked;  /* url comes from a document and may be on any host: no authorization
                      */
    bool is_catalog; /* the list of all repositories: repo->path is "" */
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

#endif
