/* SPDX-License-Identifier: Apache-2.0 */
/* host_throttle.h - the rate limits of all servers: registries, and those they redirect
 * to. A rate limit of one server does not slow down the others.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_HOST_THROTTLE_H
#define REGISTRY_CONNECTION_HOST_THROTTLE_H

#include "registry/connection/client_state.h"

#define HOST_THROTTLES_MAX 64 /* rate-limited servers tracked */

/*
 * Wait until a request may be sent to that server.  Sets s->sent.
 * Errors: those of cancel_error().
 */
MUST_USE int host_throttle_wait(struct session *s, const struct http_origin *at,
                                struct err *err);

/*
 * The answer to the request of s->sent was a rate limit; wait_s as for throttle_slow().
 * Warns once.  false: too many servers to track this one.
 */
bool host_throttle_slow(struct session *s, const struct http_origin *at, int64_t wait_s);

/* The answer to the request of s->sent was not a rate limit. */
void host_throttle_recover(struct session *s, const struct http_origin *at);

/* Free all state, when no session is in use. */
void host_throttle_forget_all(struct client *c);

#endif
