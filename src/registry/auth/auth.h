/* SPDX-License-Identifier: Apache-2.0 */
/* auth.h - which Authorization a call gets.
 *
 * The first call to a registry goes out bare.  What its 401 asks for is remembered, so
 * later calls bring a password or a token for their repository at once.
 *
 * Layer:  registry.
 * Source: OCI distribution-spec v1.1; distribution's token authentication.
 */
#ifndef REGISTRY_AUTH_AUTH_H
#define REGISTRY_AUTH_AUTH_H

#include "registry/exchange.h"

struct auth {
    struct secret value; /* of the header; not set: none */
    unsigned generation; /* of the token it holds, 0: no token of ours */
};

#define AUTH_INIT                                                                        \
    {                                                                                    \
        .generation = 0                                                                  \
    }
void auth_release(struct auth *a);

/*
 * What is known to be needed, before the first try; may be nothing.
 * Errors: ERR_AUTH - credentials or token server refused, or unsafe to ask; as
 *         token_fetch().
 */
MUST_USE int auth_prepare(struct session *s, struct host *host, const struct call *call,
                          struct auth *out, struct err *err);

/*
 * After a 401, or when auth_has_expired(): do better than *a, which that answer refused.
 * Returns: 1 and a new *a; 0 there is nothing better; -1 as auth_prepare().
 */
int auth_renew(struct session *s, struct host *host, const struct call *call,
               const struct answer *refusal, struct auth *a, struct err *err);

/* Does a refusal want a user name and a password, and no token? */
bool auth_wants_password(const struct answer *a);

/* Does a registry say, without a challenge, that our login has ended? */
bool auth_has_expired(const struct answer *a);

/* What a final 401 or 403 of a registry refuses, for the message. */
enum refusal auth_refusal(struct session *s, const struct host *host,
                          const struct call *call, const struct answer *a,
                          const struct auth *used);

/* When we are nobody there because a helper said so: that program, or NULL.  The caller
 * frees it. */
char *auth_silent_helper(struct session *s, struct host *host, const struct call *call);

#endif
