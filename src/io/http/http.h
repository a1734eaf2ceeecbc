/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - ONE exchange: a request goes out, a response comes back.  No redirects, no
 * retries, no credentials logic: those are registry/exchange.c.
 *
 * Layer:  io.  With http_url.c the only user of libcurl.
 * Source: RFC 9110, RFC 9112 (HTTP/1.1 only, one connection a handle), RFC 3986.
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

/* ---- URLs: always built from parts and taken apart by the library ---- */

#define HTTP_URL_MAX         8192 /* bytes */
#define HTTP_HOST_MAX        255
#define HTTP_ORIGIN_TEXT_MAX (HTTP_HOST_MAX + sizeof(":65535"))

/* Where a request goes: credentials are bound to it.  A plain value. */
struct http_origin {
    bool tls;
    char host[HTTP_HOST_MAX + 1]; /* lower case; IPv6 with brackets */
    uint16_t port;
};

/* Who can reach an address; a name could be any of the others. */
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

#define HTTP_HEADERS_MAX    256         /* of one response; 300 KiB in all */
#define HTTP_ERROR_BODY_MAX (64U << 10) /* bytes of a body that is not 2xx */

struct http_response;

/* Takes the body of a 2xx response.  Anything else is collected in response.body. */
struct http_sink {
    /* Called once before the first byte (also of an empty body): look at the headers. */
    int (*begin)(void *ctx, const struct http_response *head, struct err *err);
    int (*write)(void *ctx, const void *bytes, size_t len, struct err *err);
    void *ctx;
};

struct http_request {
    const char *method; /* GET, HEAD, POST, PATCH, PUT, DELETE */
    const char *url;
    const char *const *headers; /* "Name: value" lines, NULL-terminated; or NULL */
    const struct secret *authorization; /* value of Authorization, or NULL */
    const struct secret *confided;      /* a secret that the body holds, or NULL */
    const struct byte_source *source; /* body, its size is Content-Length; NULL with POST,
                                         PUT, PATCH: empty */
    const struct http_sink *sink;     /* NULL: collect into response.body */
    size_t body_max;     /* bytes to collect of a 2xx; more is ERR_LIMIT.  Of any other
                            status HTTP_ERROR_BODY_MAX, the rest is cut */
    uint64_t answer_ms;  /* how long a whole request may go without an answer; 0:
                            patience.answer_ms */
    uint64_t total_ms;   /* how long all of it may take; 0: as long as it goes on */
    bool public_only;    /* connect to no private or loopback address, whatever the name
                            resolves to.  Where there is a proxy, that one resolves */
    uint64_t parting_ms; /* not 0: a last request.  It goes out although work should stop,
                            and is given up after that time */
};

struct http_header {
    char *name; /* lower case */
    char *value;
};

struct http_response {
    long status; /* 0: none came */
    struct http_header *headers;
    size_t header_count;
    struct buf body;         /* collected */
    uint64_t sent, received; /* body bytes that went over the wire */
    bool is_silence;      /* it failed, as nothing answered the whole request in time */
    enum http_reach peer; /* the address that answered; behind a proxy: public */
};

/* The index-th header of that (lower case) name, or NULL. */
const char *http_header(const struct http_response *r, const char *name, size_t index);
void http_response_release(struct http_response *r);

/* What TLS needs.  Everything borrowed. */
struct http_tls {
    const char *ca_file;    /* PEM bundle instead of the system's; or NULL */
    const struct buf *cas;  /* PEM, to be used as http_system_cas() says; or NULL */
    const char *cert, *key; /* PEM files of a client certificate; or NULL.  key NULL:
                               both are in cert */
};

/*
 * Append the CA certificates of the system, as PEM, where they are in one file; those in
 * a folder count anyhow.  So what is added to them is trusted besides.
 * Errors: ERR_LOCAL, ERR_LIMIT.
 */
MUST_USE int http_system_cas(struct buf *out, struct err *err);

/* Borrowed as long as the connection. */
struct http_config {
    struct http_tls tls;
    const char *proxy; /* as http_proxy_for() takes it */
    struct run *run;   /* its events report long waits */
    struct rate *rate; /* for bodies, both ways */
};

/* Once per process, before threads; and its end. */
MUST_USE int http_global_init(struct err *err);
void http_global_cleanup(void);

/* A connection handle: one thread at a time, one origin for its whole life. */
struct http_conn;
struct http_conn *http_conn_new(const struct http_config *config, struct err *err);
void http_conn_free(struct http_conn *conn); /* NULL is fine */

/*
 * Do it.  response must be zeroed or reused from an earlier call; it is filled as far as
 * things went, also on failure.
 * How long anything is waited for is in base/patience.h.
 * Errors: ERR_NETWORK - no (complete) response; reason "tls" when the server's
 * certificate was refused or the handshake failed, "not-tls" when it does not speak TLS:
 * both make a retry pointless; ERR_AUTH - the server or the proxy wants to know who we
 * are, or does not like it; ERR_PROTOCOL - what came is not HTTP/1, or reason
 * "private-address": public_only does not allow any address of the host; ERR_LIMIT -
 * headers or collected body too large; ERR_LOCAL - the CA file or the client certificate
 * cannot be used, reason "no-ca" when the system has none; ERR_SIGNAL and placeholders of
 * cancel.h; whatever source or sink reported.
 */
MUST_USE int http_exchange(struct http_conn *conn, const struct http_request *request,
                           struct http_response *response, struct err *err);

/* Seconds a Retry-After value asks for (a number, or an HTTP date), -1 if it is neither.
 */
int64_t http_retry_after(const char *value);

#endif
