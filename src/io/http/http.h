/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - one exchange: a request and its response.  No redirects, no retries, no
 * credentials logic: those are in registry/exchange.c.
 *
 * Layer: io.  This folder is the only user of libcurl.
 * Source: RFC 9110, RFC 9112 (HTTP/1.1 only, one connection per handle), RFC 3986.
 */
#ifndef IO_HTTP_HTTP_H
#define IO_HTTP_HTTP_H

#include "base/rate.h"
#include "base/run.h"
#include "io/http/http_message.h"

/*
 * Append the CA certificates of the system as PEM, if they are in one file; those in a
 * folder are trusted anyway.  Certificates added after them are trusted in addition.
 * Errors: ERR_LOCAL, ERR_LIMIT.
 */
MUST_USE int http_system_cas(struct buf *out, struct err *err);

/* Borrowed during the life of the connection. */
struct http_config {
    struct http_tls tls;
    const char *proxy; /* as for http_proxy_for() */
    bool is_named;     /* the caller names the server in its own message */
    struct run *run;   /* its events report long waits */
    struct rate *rate; /* for bodies, in both directions */
};

/* Called once per process, before threads are started; and its inverse. */
MUST_USE int http_global_init(struct err *err);
void http_global_cleanup(void);
/* The version of libcurl that runs, such as "7.88.1". */
const char *http_library_version(void);

/* A connection handle: used by one thread at a time, for one origin. */
struct http_conn;
struct http_conn *http_conn_new(const struct http_config *config, struct err *err);
void http_conn_free(struct http_conn *conn); /* NULL is allowed */

/*
 * Perform the exchange.  response must be zeroed or from an earlier call; it is filled as
 * far as possible, also on failure.  The timeouts are in base/patience.h.
 * Errors: ERR_NETWORK - no (complete) response; reason "tls" when the server's
 * certificate was rejected or the handshake failed, "not-tls" when it does not speak TLS:
 * both make a retry pointless; ERR_AUTH - the server or the proxy requires
 * authentication, or rejects it; ERR_PROTOCOL - the response is not HTTP/1, or reason
 * "private-address": public_only excludes all addresses of the host; ERR_LIMIT - headers
 * or collected body too large; ERR_LOCAL - the CA file or the client certificate cannot
 * be used, reason "no-ca" when the system has none; ERR_SIGNAL and placeholders of
 * cancel.h; any error of source or sink.
 */
MUST_USE int http_exchange(struct http_conn *conn, const struct http_request *request,
                           struct http_response *response, struct err *err);

#endif
