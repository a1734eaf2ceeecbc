/* SPDX-License-Identifier: Apache-2.0 */
/* login_check.h - whether a registry accepts the credentials of the client.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Determining Support"; distribution's token
 *         authentication.
 */
#ifndef REGISTRY_LOGIN_CHECK_H
#define REGISTRY_LOGIN_CHECK_H

#include "registry/connection/client.h"

/*
 * Request /v2/, with a password or a token as the registry asks for.  *was_asked: it did
 * ask; otherwise anything would have been accepted.
 * Errors: as pull.h; ERR_AUTH - they are refused, or not safe to send; ERR_PROTOCOL - it
 *         is not a registry.
 */
MUST_USE int login_check(struct session *s, const char *host, bool *was_asked,
                         struct err *err);

#endif
