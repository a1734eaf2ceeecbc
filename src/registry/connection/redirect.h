/* SPDX-License-Identifier: Apache-2.0 */
/* redirect.h - one request and its redirects.
 *
 * Layer: registry.
 * Source: RFC 9110 section 15.4; OCI distribution-spec v1.1 (no credentials across
 * hosts).
 */
#ifndef REGISTRY_CONNECTION_REDIRECT_H
#define REGISTRY_CONNECTION_REDIRECT_H

#include "registry/connection/client_state.h"

#define REDIRECTS_MAX 5

/*
 * Whether an answer of one origin may redirect to another.  reach: of the peer's address.
 * Errors: ERR_PROTOCOL - from https to http; from a public server to a private or
 *         loopback address.
 */
MUST_USE int redirect_check(const struct http_origin *from, enum http_reach reach,
                            const struct http_origin *to, struct err *err);

/* Report an upload that is redirected to another origin.  Always -1. */
int redirect_refuse_upload(const struct http_origin *from, const struct http_origin *to,
                           struct err *err);

/*
 * Send a request and follow its redirects: GET and HEAD anywhere redirect_check() allows,
 * other methods only with 307 and 308 within the same origin.  Authorization is sent to
 * the first origin only, and never again after a hop to another.  Redirects of a public
 * server lead to public addresses only, whatever names resolve to (see public_only).
 *
 * Returns: 0 and the answer, whatever its status; *url the one that answered, for the
 *          caller to free (the previous value is freed); *elsewhere: another origin than
 *          the first.  A redirect that must not be followed is returned as the answer.
 * Errors:  as http_exchange(); ERR_PROTOCOL - too many hops, missing or invalid Location,
 *          or a target that is not allowed.
 */
MUST_USE int redirect_follow(struct session *s, const struct http_request *request,
                             struct http_response *r, char **url, bool *elsewhere,
                             struct err *err);

#endif
