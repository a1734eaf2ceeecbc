/* SPDX-License-Identifier: Apache-2.0 */
/* credential.h - the credentials for a registry, or for a namespace of it.
 *
 * Layer: registry.
 * Source: docker's config.json; the protocol of docker-credential-helpers.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIAL_H
#define REGISTRY_CREDENTIALS_CREDENTIAL_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

#define CREDENTIAL_VALUE_MAX (64U << 10) /* bytes of a name, password or token */

struct credential {
    char *user; /* "" with an identity or registry token; NULL: not set */
    struct secret password;
    struct secret identity_token; /* for the OAuth2 refresh flow */
    struct secret registry_token; /* sent unchanged as a Bearer token */
};

#define CREDENTIAL_INIT                                                                  \
    {                                                                                    \
        .user = NULL                                                                     \
    }
void credential_release(struct credential *c);

/* *out must be empty. */
void credential_copy(struct credential *out, const struct credential *from);
bool credential_equal(const struct credential *a, const struct credential *b);

/* Whether it has a user name and a password.  An identity token may come with or
 * without. */
bool credential_has_password(const struct credential *c);

/* Whether the text has no control characters, which headers forbid, and is not too
 * long. */
bool credential_is_usable(const char *text, size_t len);

/*
 * Fill an empty *out; -1 when the text is malformed.  The user name "<token>" marks the
 * password as an identity token.
 */
MUST_USE int credential_set_user(struct credential *out, const char *user,
                                 const char *password);

/* "USER:PASSWORD", split at the first colon. */
MUST_USE int credential_set_pair(struct credential *out, const char *text, size_t len);

/* credential_set_pair() from base64; tolerates missing padding, line ends, and NULs after
 * the password, which some tools write. */
MUST_USE int credential_set_base64(struct credential *out, const char *text);

#endif
