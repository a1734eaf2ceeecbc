/* SPDX-License-Identifier: Apache-2.0 */
/* request_log.h - requests and their headers as debug messages, without secrets.
 *
 * Layer: registry, private.
 */
#ifndef REGISTRY_CONNECTION_REQUEST_LOG_H
#define REGISTRY_CONNECTION_REQUEST_LOG_H

#include "base/events.h"
#include "io/http/http.h"

/*
 * Log one request with its method, URL without query, status, bytes and duration, and its
 * headers when events ask for them.  A response with status 0 did not come.
 */
void request_log(const struct events *events, const struct http_request *request,
                 const struct http_response *response, uint64_t ms);

/* Whether the value of a header with this name is never shown. */
bool request_log_hides(const char *name, size_t len);

#endif
