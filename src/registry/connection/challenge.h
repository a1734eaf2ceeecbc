/* SPDX-License-Identifier: Apache-2.0 */
/* challenge.h - parse WWW-Authenticate.
 *
 * Layer: registry.
 * Source: RFC 9110 section 11.6.1; distribution's token authentication.
 */
#ifndef REGISTRY_CONNECTION_CHALLENGE_H
#define REGISTRY_CONNECTION_CHALLENGE_H

#include "io/http/http.h"

enum challenge_scheme { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
    enum challenge_scheme scheme;
    char *realm, *service, *scope, *error; /* owned; NULL when absent */
};

#define CHALLENGE_INIT                                                                   \
    {                                                                                    \
        .scheme = CHALLENGE_NONE                                                         \
    }

/*
 * Parse one header value, which may contain several challenges, and keep the best of all
 * calls: Bearer before Basic, unknown schemes skipped, the first among equals.
 *
 * Shape:  SCHEME [token68 | NAME=VALUE, ...], ...  Names and schemes in any case, values
 *         as tokens or in quotes, where commas are data and a backslash escapes the next
 *         character.  Accepted although malformed, because unambiguous: a scope
 *         twice, which adds up; any value twice, when it is the same; a blank in place of
 *         a comma between parameters; an unterminated last quote.
 * Errors: ERR_AUTH - malformed, too long (8 KiB), too many (8 challenges, 16 parameters),
 *         a parameter with two values, Bearer without a realm.  *best is then unchanged.
 * Trust:  value is remote input; the message quotes none of it.
 */
MUST_USE int challenge_read(struct challenge *best, const char *value, struct err *err);

/* Parse all WWW-Authenticate headers of a response. */
MUST_USE int challenge_of_response(struct challenge *out, const struct http_response *r,
                                   struct err *err);
void challenge_release(struct challenge *c);

#endif
