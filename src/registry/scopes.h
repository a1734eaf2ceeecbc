/* scopes.h - what a token has to be good for.
 *
 * Layer:  registry.
 * Source: distribution's token authentication, "Requesting a token", "scope".
 */
#ifndef REGISTRY_SCOPES_H
#define REGISTRY_SCOPES_H

#include "registry/exchange.h"
#include "registry/token.h"

struct scopes {
    char *items[TOKEN_SCOPES_MAX]; /* "repository:PATH:ACTIONS", owned */
    size_t count;
};

#define SCOPES_INIT                                                                      \
    {                                                                                    \
        .count = 0                                                                       \
    }
void scopes_release(struct scopes *s);

/*
 * What a call needs: its repository, and the one to mount from to pull.  demanded: the
 * scope of a challenge, or NULL; the repositories it names go first.
 */
void scopes_of_call(struct scopes *out, const struct call *call, bool may_push,
                    const char *demanded);

#endif
