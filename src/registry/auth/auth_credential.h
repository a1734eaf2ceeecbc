/* SPDX-License-Identifier: Apache-2.0 */
/* auth_credential.h - the credentials of a call, and the header that they become.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_AUTH_AUTH_CREDENTIAL_H
#define REGISTRY_AUTH_AUTH_CREDENTIAL_H

#include "registry/connection/call.h"
#include "registry/connection/client_internal.h"

struct auth {
    struct secret value; /* of the header; not set: no header */
    unsigned generation; /* of the token in it, 0: not a cached token */
};

#define AUTH_INIT                                                                        \
    {                                                                                    \
        .generation = 0                                                                  \
    }
void auth_release(struct auth *a);

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

/* The helper program that returned no credentials, when a call is anonymous for that
 * reason, or NULL.  The caller frees it. */
char *auth_silent_helper(struct session *s, struct host *host, const struct call *call);

#endif
