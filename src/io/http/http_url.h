/* SPDX-License-Identifier: Apache-2.0 */
/* http_url.h - parse and build URLs.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_URL_H
#define IO_HTTP_HTTP_URL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

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

bool http_origin_equal(const struct http_origin *a, const struct http_origin *b);

/* Whether the host is a loopback address or "localhost". */
bool http_origin_is_loopback(const struct http_origin *o);

/* "host", with ":port" unless it is the default of the scheme, as in references. */
void http_origin_text(const struct http_origin *o, char out[HTTP_ORIGIN_TEXT_MAX]);

/* As http_origin_text(), escaped by text_safe_in(): for a server named by another
 * server. */
void http_origin_shown(const struct http_origin *o, char out[HTTP_ORIGIN_TEXT_MAX]);

/* As http_origin_shown(), with the scheme: "https://host". */
#define HTTP_ORIGIN_URL_MAX (sizeof("https://") + HTTP_ORIGIN_TEXT_MAX)
void http_origin_shown_url(const struct http_origin *o, char out[HTTP_ORIGIN_URL_MAX]);

/* For a host as in http_origin, or a bare address.  IPv4 inside IPv6 counts as IPv4. */
enum http_reach http_host_reach(const char *host);

/* For a server: by its host, or by the address that answered when the host is a name. */
enum http_reach http_origin_reach(const struct http_origin *o, enum http_reach peer);

/*
 * Extract the origin from an absolute http or https URL.
 * Errors: ERR_PROTOCOL - another scheme, userinfo, no host, too long, control bytes.
 * Trust:  url is remote input; the message quotes none of it.
 */
MUST_USE int http_url_origin(const char *url, struct http_origin *out, struct err *err);

/* The URL of a path (with its query, if any; starts with '/') at an origin.  Caller
 * frees. */
char *http_url_build(const struct http_origin *o, const char *path);

/* The path and query of a URL that http_url_resolve() returned.  Borrowed from url. */
const char *http_url_path(const char *url);

/*
 * Resolve a Location (or realm) against the URL it came from: absolute, //host, /path,
 * relative.  The fragment is dropped, the query kept as it is.  The caller frees *out.
 * Errors: ERR_PROTOCOL, as http_url_origin().
 */
MUST_USE int http_url_resolve(const char *base, const char *location, char **out,
                              struct err *err);

/* Append "key=value" to the query of a URL, the value percent-encoded.  Caller frees. */
char *http_url_add_query(const char *url, const char *key, const char *value);

/* Append "key=value" to a form body (application/x-www-form-urlencoded). -1 when full. */
MUST_USE int http_form_add(struct buf *form, const char *key, const char *value);

/* The URL without its query and without secrets, for messages.  Caller frees. */
char *http_url_redacted(const char *url);

#endif
