/* SPDX-License-Identifier: Apache-2.0 */
/* token.h - requests to a token server.
 *
 * Layer: registry.
 * Source: distribution's token authentication ("token", "oauth" specifications);
 *         RFC 6749 section 6 for identity tokens.
 */
#ifndef REGISTRY_AUTH_TOKEN_H
#define REGISTRY_AUTH_TOKEN_H

#include "registry/connection/client_internal.h"

#define TOKEN_BODY_MAX     (1U << 20)  /* bytes of an answer */
#define TOKEN_MAX          (64U << 10) /* bytes of a token */
#define TOKEN_LIFETIME_MIN 60 /* seconds, the minimum also when the answer has less */
#define TOKEN_SCOPES_MAX   8

struct token_reply {
    struct secret value;
    uint64_t lifetime_s; /* from its arrival, regardless of "issued_at" */
};

#define TOKEN_REPLY_INIT                                                                 \
    {                                                                                    \
        .lifetime_s = 0                                                                  \
    }
void token_reply_release(struct token_reply *t);

/*
 * Parse the JSON answer of a token server.
 *
 * Shape:  {"token": T} or {"access_token": T} (both: equal, or one is null),
 * "expires_in": seconds as an integer, 60 when absent or malformed.  T has characters A-Z
 * a-z 0-9 .  _ ~ + / = - only. Errors: ERR_AUTH.  *out is then untouched. Trust:  remote
 * input, possibly secret: the message quotes none of it.
 */
MUST_USE int token_parse(const void *bytes, size_t len, struct token_reply *out,
                         struct err *err);

/* A token request.  All members are borrowed. */
struct token_request {
    const char *registry; /* the registry it is for; NULL: one without login */
    const char *realm;    /* absolute URL of the token server, already checked */
    const char *service;  /* or NULL */
    const char *scopes[TOKEN_SCOPES_MAX];
    size_t scope_count;
    const struct credential *credential; /* NULL: anonymous */
    const char *silent_helper; /* a helper that returned no credentials, hence anonymous;
                                  or NULL */
    const char *withheld_from; /* a host on plain HTTP, hence anonymous; or NULL */
    bool public_only;          /* the registry is public, so the address must be too */
};

/*
 * Send it: POST with an identity token, else GET with user and password, or anonymously.
 * Returns: 0; 1 with *err set when the credentials are refused; -1.
 * Errors:  ERR_AUTH - refused, or no token in the answer; ERR_NETWORK - may be retried;
 * as
 *          redirect_follow().
 */
MUST_USE int token_fetch(struct session *s, const struct token_request *request,
                         struct token_reply *out, struct err *err);

/* "Basic base64(user:password)".  Errors: ERR_AUTH - too long. */
MUST_USE int token_basic(const struct credential *c, struct secret *out, struct err *err);

/* A token server as named by a registry, and that registry. */
struct token_server {
    const char *registry;             /* as in references */
    const struct http_origin *origin; /* of the registry */
    enum http_reach reach;            /* of the address the registry answered from */
    struct http_origin realm;
    bool allows_plain; /* --plain-http lists the realm's host */
    bool is_named;     /* --trust-realm lists it */
};

/*
 * Whether it may be contacted at all, also anonymously.
 * Errors: ERR_AUTH - plain HTTP that is not allowed; a private address named by a public
 *         registry.
 */
MUST_USE int token_server_check(const struct token_server *t, struct err *err);

/*
 * Whether it may receive the registry's credentials: it is the same host, or one host is
 * a parent domain of the other with at least two labels, or both are a known pair, or
 * --trust-realm lists it.
 */
bool token_server_is_trusted(const struct token_server *t);

/* Whether its name must resolve to public addresses only, because the registry is
 * public. */
bool token_server_must_be_public(const struct token_server *t);

#endif
