/* SPDX-License-Identifier: Apache-2.0 */
/* token_scope.h - the scopes a token needs.
 *
 * Layer: registry.
 * Source: distribution's token authentication, "Requesting a token", "scope".
 */
#ifndef REGISTRY_AUTH_TOKEN_SCOPE_H
#define REGISTRY_AUTH_TOKEN_SCOPE_H

#include "registry/auth/token.h"
#include "registry/connection/call.h"

struct token_scopes {
    char *items[TOKEN_SCOPES_MAX]; /* "repository:PATH:ACTIONS", or
                                    * "registry:catalog:*"; owned */
    size_t count;
};

#define TOKEN_SCOPE_INIT                                                                 \
    {                                                                                    \
        .count = 0                                                                       \
    }
void token_scope_release(struct token_scopes *s);

/*
 * The scopes of a call: its repository, and pulling from the one to mount from. demanded:
 * the scope of a challenge, or NULL.  Its repository goes first, also with a longer or
 * shorter path, and its further actions are added, such as "metadata_read" for a list,
 * but never push, delete or "*".  Never another repository: a registry could have us
 * fetch tokens for it.  A call without a repository has no scope, unless it is for the
 * catalog.
 */
void token_scope_of_call(struct token_scopes *out, const struct call *call, bool may_push,
                         const char *demanded);

#endif
