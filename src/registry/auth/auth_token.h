/* SPDX-License-Identifier: Apache-2.0 */
/* auth_token.h - bearer tokens: fetched, cached, renewed.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_AUTH_AUTH_TOKEN_H
#define REGISTRY_AUTH_AUTH_TOKEN_H

#include "registry/auth/auth_credential.h"

/*
 * A storage server that we were redirected to requires a token: get an anonymous one from
 * the token server it names, if that is safe.  Returns and errors: as auth_renew().
 */
int auth_anonymous(struct session *s, const struct answer *refusal, struct auth *a,
                   struct err *err);

/*
 * The token of a call, newer than the generation that was refused (0: any), fetched when
 * necessary.  demanded: the scope of a challenge, or NULL.  Errors: as auth_prepare().
 */
MUST_USE int auth_get_token(struct session *s, struct host *host, const struct call *call,
                            unsigned refused, const char *demanded, struct auth *out,
                            struct err *err);

#endif
