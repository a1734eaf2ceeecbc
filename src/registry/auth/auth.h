/* SPDX-License-Identifier: Apache-2.0 */
/* auth.h - the Authorization header of a call.
 *
 * The first call to a registry is sent without.  The challenge of its 401 is stored, so
 * later calls send a password or a token for their repository at once.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1; distribution's token authentication.
 */
#ifndef REGISTRY_AUTH_AUTH_H
#define REGISTRY_AUTH_AUTH_H

#include "registry/auth/auth_credential.h"

/*
 * Prepare the authorization known to be needed, if any, before the first try.
 * Errors: ERR_AUTH - credentials or token server refused, or not safe to use; as
 *         token_fetch().
 */
MUST_USE int auth_prepare(struct session *s, struct host *host, const struct call *call,
                          struct auth *out, struct err *err);

/*
 * After a 401, or when auth_has_expired(): replace *a, which was refused.
 * Returns: 1 and a new *a; 0 when there is nothing better; -1 as auth_prepare().
 */
int auth_renew(struct session *s, struct host *host, const struct call *call,
               const struct answer *refusal, struct auth *a, struct err *err);

/* Whether a 401 asks for user name and password (Basic), not for a token. */
bool auth_wants_password(const struct answer *a);

/* Whether an answer reports an expired login without a challenge. */
bool auth_has_expired(const struct answer *a);

/* The reason for a final 401 or 403 of a registry, for the message. */
enum refusal auth_refusal(struct session *s, struct host *host, const struct call *call,
                          const struct answer *a, const struct auth *used);

#endif
