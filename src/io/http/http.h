/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - one exchange: a request and its response.  No redirects, no retries, no
 * credentials logic: those are in registry/exchange.c.
 *
 * Layer: io.  With http_url.c the only user of libcurl.
 * Source: RFC 9110, RFC 9112 (HTTP/1.1 only, one connection per handle), RFC 3986.
 */
#ifndef IO_HTTP_HTTP_H
#define IO_HTTP_HTTP_H

#include "base/byte_stream.h"
#include "base/rate.h"
#include "base/run.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- URLs: always built from parts, and parsed by the library ---- */

#define HTTP_URL_MAX         8192 /* bytes */
#define HTTP_HOST_MAX        255
#define HTTP_ORIGIN_TEXT_MAX (HTTP_HOST_MAX + sizeof(":65535"))

/* The destination of a request; credentials are bound to it.  A plain value. */
struct http_origin {
    bool tls;
    char host[HTTP_HOST_MAX + 1]; /* lower case; IPv6 with brackets */
    uint16_t port;
};

/* The network an address belongs to; a name could resolve to any. */
enum http_reach {
    HTTP_REACH_NAME,
    HTTP_REACH_LOOPBACK,
    HTTP_REACH_PRIVATE, /* also link-local, carrier-grade NAT, multicast, unspecified */
    HTTP_REACH_PUBLIC,
};

/* ---- proxies ---- */

/* A proxy is given by its URL, by this word, or by NULL for none. */
#define HTTP_PROXY_ENVIRONMENT "env"

/* ---- one exchange ---- */

#define HTTP_HEADERS_MAX    256         /* per response, 300 KiB in all */
#define HTTP_ERROR_BODY_MAX (64U << 10) /* bytes of the body of any other response */

struct http_response;

/* Receives the body of a 2xx response.  Other bodies are collected in response.body. */
struct http_sink {
    /* Called once before the first byte (also of an empty body), to inspect the
     * headers. */
    int (*begin)(void *ctx, const struct http_response *head, struct err *err);
    int (*write)(void *ctx, const void *bytes, size_t len, struct err *err);
    void *ctx;
};

struct http_request {
    const char *method; /* GET, HEAD, POST, PATCH, PUT, DELETE */
    const char *url;
    const char *const *headers; /* "Name: value" lines, NULL-terminated; or NULL */
    const struct secret *authorization; /* value of Authorization, or NULL */
    const struct secret *confided;      /* a secret that the body contains, or NULL */
    const struct byte_source *source; /* body, its size is Content-Length; NULL with POST,
                                         PUT, PATCH: empty */
    const struct http_sink *sink;     /* NULL: collect into response.body */
    size_t body_max; /* bytes to collect of a 2xx response; more is ERR_LIMIT.  Other
                        responses are cut at HTTP_ERROR_BODY_MAX */
    uint64_t
        connect_ms;     /* maximum for connecting, TLS included; 0: patience.connect_ms */
    uint64_t answer_ms; /* maximum wait for an answer to a complete request; 0:
                           patience.answer_ms */
    uint64_t total_ms;  /* maximum duration of the exchange; 0: unlimited while it makes
                           progress */
    bool public_only; /* never connect to a private or loopback address, whatever the name
                         resolves to; with a proxy, the proxy resolves */
    uint64_t parting_ms; /* not 0: a last request, which is sent although work should
                            stop, and abandoned after that time */
};

struct http_header {
    char *name; /* lower case */
    char *value;
};

struct http_response {
    long status; /* 0: no response */
    struct http_header *headers;
    size_t header_count;
    struct buf body;         /* collected */
    uint64_t sent, received; /* bytes of the bodies */
    bool is_silence; /* it failed because a complete request was not answered in time */
    enum http_reach peer; /* the address that answered; public with a proxy */
};

/* The index-th header of that (lower case) name, or NULL. */
const char *http_header(const struct http_response *r, const char *name, size_t index);
void http_response_release(struct http_response *r);

/* TLS settings, borrowed. */
struct http_tls {
    const char *ca_file;   /* PEM file that replaces the system's CAs; or NULL */
    const struct buf *cas; /* PEM, see http_system_cas(); or NULL */
    const char *cert,
        *key; /* PEM files of a client certificate, or NULL; key NULL: both are in cert */
};

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

/* Seconds in a Retry-After value (a number, or an HTTP date), -1 if malformed. */
int64_t http_retry_after(const char *value);

#endif
