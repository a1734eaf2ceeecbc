/* SPDX-License-Identifier: Apache-2.0 */
/* auth_internal.h - shared by passwords and tokens: the credentials for a host.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_AUTH_AUTH_INTERNAL_H
#define REGISTRY_AUTH_AUTH_INTERNAL_H

#include "registry/auth/auth.h"

/*
 * The credentials of a call, and the only access to them.  A host that is used over plain
 * HTTP gets none, unless it is on this machine or --plain-http names it, nor a token
 * obtained with some.  1; 0: there are none, or they are withheld, with a warning; -1.
 */
int auth_find_credential(struct session *s, struct host *host, const struct call *call,
                         struct credential *out, struct err *err);

/* Whether there are credentials that are withheld for that reason. */
bool auth_is_withheld(struct session *s, const struct host *host,
                      const struct call *call);

/* After they were refused, look for newer credentials.  1, 0, -1. */
int auth_renew_credential(struct session *s, const struct host *host,
                          const struct call *call, const struct credential *refused,
                          struct credential *out, struct err *err);

void auth_set_bearer(struct auth *a, const struct secret *token);

#endif
