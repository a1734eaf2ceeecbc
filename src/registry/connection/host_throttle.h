/* SPDX-License-Identifier: Apache-2.0 */
/* host_throttle.h - the pace of each server that was asked something: of registries, and
 * of those that they lead to.  One that asks to slow down slows down nobody else.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_HOST_THROTTLE_H
#define REGISTRY_CONNECTION_HOST_THROTTLE_H

#include "registry/connection/client_internal.h"

#define HOST_THROTTLES_MAX 64 /* servers that asked to slow down */

/*
 * Wait until a request may go out to that server.  Sets s->sent.
 * Errors: those of cancel_error().
 */
MUST_USE int host_throttle_wait(struct session *s, const struct http_origin *at,
                                struct err *err);

/*
 * It asks to slow down, in answer to what went out at s->sent; wait_s as of
 * throttle_slow().  Says so to the user, once.  false: there are too many such servers to
 * keep an eye on this one.
 */
bool host_throttle_slow(struct session *s, const struct http_origin *at, int64_t wait_s);

/* It answered what went out at s->sent, and did not ask. */
void host_throttle_recover(struct session *s, const struct http_origin *at);

/* Nobody asks any more: free what is known. */
void host_throttle_forget_all(struct client *c);

#endif
