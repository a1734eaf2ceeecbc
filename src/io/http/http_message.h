/* SPDX-License-Identifier: Apache-2.0 */
/* http_message.h - requests and responses.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_MESSAGE_H
#define IO_HTTP_HTTP_MESSAGE_H

#include "base/byte_stream.h"
#include "base/secret.h"
#include "io/http/http_url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

/* Whether the status is 2xx. */
bool http_response_is_success(const struct http_response *r);

/* Discard status and headers: no response came, or another one begins. */
void http_response_forget_head(struct http_response *r);
void http_response_release(struct http_response *r);

/* TLS settings, borrowed. */
struct http_tls {
    const char *ca_file;   /* PEM file that replaces the system's CAs; or NULL */
    const struct buf *cas; /* PEM, see http_system_cas(); or NULL */
    const char *cert,
        *key; /* PEM files of a client certificate, or NULL; key NULL: both are in cert */
};

/* Epoch seconds of an HTTP date, -1 if malformed. */
int64_t http_date(const char *value);

/* Seconds in a Retry-After value (a number, or an HTTP date), -1 if malformed. */
int64_t http_retry_after(const char *value);

#endif
