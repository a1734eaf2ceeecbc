/* SPDX-License-Identifier: Apache-2.0 */
/* redirect.h - one request and where its redirects lead.
 *
 * Layer:  registry.
 * Source: RFC 9110 section 15.4; OCI distribution-spec v1.1 (no credentials across
 * hosts).
 */
#ifndef REGISTRY_CONNECTION_REDIRECT_H
#define REGISTRY_CONNECTION_REDIRECT_H

#include "registry/connection/client_internal.h"

#define REDIRECTS_MAX 5

/*
 * May an answer of one origin send us to another?  reach: of the address that answered.
 * Errors: ERR_PROTOCOL - from https to http; from the public network to a private or
 *         loopback address.
 */
MUST_USE int redirect_check(const struct http_origin *from, enum http_reach reach,
                            const struct http_origin *to, struct err *err);

/*
 * Do the request and follow its redirects: GET and HEAD anywhere redirect_check() allows,
 * other methods only with 307 and 308 within the same origin.  Authorization goes to the
 * first origin only, and is gone for good once a hop left it.  From a public server the
 * way leads to public addresses only, whatever names resolve to (see public_only).
 *
 * Returns: 0 and the answer, whatever its status; *url the one that answered, for the
 *          caller to free (what it held is freed); *elsewhere: another origin than the
 *          first.  A redirect that is not to be followed is returned as the answer.
 * Errors:  as http_exchange(); ERR_PROTOCOL - too many hops, no or bad Location, or one
 *          that is refused.
 */
MUST_USE int redirect_follow(struct session *s, const struct http_request *request,
                             struct http_response *r, char **url, bool *elsewhere,
                             struct err *err);

#endif
