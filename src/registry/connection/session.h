/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - the connections of one worker.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_SESSION_H
#define REGISTRY_CONNECTION_SESSION_H

#include "registry/connection/client_state.h"

/* The connection to an origin for s->host, created when there is none; the oldest is
 * closed if necessary. */
struct http_conn *session_conn(struct session *s, const struct http_origin *origin,
                               struct err *err);

/* http_exchange(), limited to the time left. */
MUST_USE int session_exchange(const struct session *s, struct http_conn *conn,
                              const struct http_request *request,
                              struct http_response *response, struct err *err);

/* cancel_sleep(), between requests. */
MUST_USE int session_pause(struct session *s, uint64_t ms, struct err *err);

/* Close it, when there is one. */
void session_drop_conn(struct session *s, const struct http_origin *origin);

#endif
