/* SPDX-License-Identifier: Apache-2.0 */
/* auth_internal.h - what passwords and tokens share: who we are at a host.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_AUTH_AUTH_INTERNAL_H
#define REGISTRY_AUTH_AUTH_INTERNAL_H

#include "registry/auth/auth.h"

/*
 * The credentials of a call.  The only way to them: a host that is asked in plain http
 * gets none, unless it is on this machine or --plain-http names it, nor a token that was
 * obtained with some.  1; 0: none, or they are withheld, which the user is told; -1.
 */
int auth_find_credential(struct session *s, struct host *host, const struct call *call,
                         struct credential *out, struct err *err);

/* Are there credentials that are withheld for that reason? */
bool auth_is_withheld(struct session *s, const struct host *host,
                      const struct call *call);

/* That one was refused: is there another by now?  1, 0, -1. */
int auth_renew_credential(struct session *s, const struct host *host,
                          const struct call *call, const struct credential *refused,
                          struct credential *out, struct err *err);

void auth_set_bearer(struct auth *a, const struct secret *token);

#endif
