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

#define GREETING_TEXT_MAX 64

/* The answer of a registry to /v2/. */
struct greeting {
    bool was_asked; /* for credentials; otherwise anything would have been accepted */
    char version[GREETING_TEXT_MAX]; /* Docker-Distribution-Api-Version, safe; "": none */
    int64_t date;                    /* epoch seconds of its clock; -1: not stated */
};

/*
 * Request /v2/, with a password or a token as the registry asks for.
 * Errors: as pull.h; ERR_AUTH - they are refused, or not safe to send; ERR_PROTOCOL - it
 *         is not a registry.
 */
MUST_USE int login_check(struct session *s, const char *host, struct greeting *out,
                         struct err *err);

#endif
