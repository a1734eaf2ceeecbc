/* SPDX-License-Identifier: Apache-2.0 */
/* credential.h - what one registry, or one namespace of it, is told about who we are.
 *
 * Layer:  registry.
 * Source: docker's config.json; the protocol of docker-credential-helpers.
 */
#ifndef REGISTRY_CREDENTIALS_CREDENTIAL_H
#define REGISTRY_CREDENTIALS_CREDENTIAL_H

#include "base/err.h"
#include "base/secret.h"

#include <stdbool.h>

#define CREDENTIAL_VALUE_MAX (64U << 10) /* bytes of a name, password or token */

struct credential {
    char *user; /* "" with an identity or registry token; NULL: there is none */
    struct secret password;
    struct secret identity_token; /* for the OAuth2 refresh flow */
    struct secret registry_token; /* sent as Bearer as it is */
};

#define CREDENTIAL_INIT                                                                  \
    {                                                                                    \
        .user = NULL                                                                     \
    }
void credential_release(struct credential *c);

/* *out must be empty. */
void credential_copy(struct credential *out, const struct credential *from);
bool credential_equal(const struct credential *a, const struct credential *b);

/* Is there a user name with a password?  An identity token may come with one or without.
 */
bool credential_has_password(const struct credential *c);

/* Without control characters, as anything must be that goes into a header; and not too
 * long. */
bool credential_is_usable(const char *text, size_t len);

/*
 * These fill an empty *out; -1 when the text has another form.  The user name "<token>"
 * says that the password is an identity token.
 */
MUST_USE int credential_set_user(struct credential *out, const char *user,
                                 const char *password);

/* "USER:PASSWORD", split at the first colon. */
MUST_USE int credential_set_pair(struct credential *out, const char *text, size_t len);

/* The same in base64; some tools leave out the padding, some put line ends into it or
 * NULs behind the password. */
MUST_USE int credential_set_base64(struct credential *out, const char *text);

#endif
