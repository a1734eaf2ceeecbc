/* SPDX-License-Identifier: Apache-2.0 */
/* http_proxy.h - proxies: the environment variables and their exceptions.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_PROXY_H
#define IO_HTTP_HTTP_PROXY_H

#include "io/http/http_url.h"

/* A proxy is given by its URL, by this word, or by NULL for none. */
#define HTTP_PROXY_ENVIRONMENT "env"

/*
 * Check that it is that word, or an http, https, socks5 or socks5h URL of only a host.
 * Errors: ERR_USAGE; a user name is rejected too: it would be visible in argv.
 */
MUST_USE int http_proxy_check(const char *proxy, struct err *err);

/*
 * Check that the variables below, where set, are URLs that the library interprets as
 * meant.  The scheme may be missing, as in curl; user name and password are allowed.
 * Errors: ERR_USAGE, naming the variable and the cause, but nothing of its value.
 */
MUST_USE int http_proxy_check_environment(struct err *err);

/*
 * The URL of the proxy to an origin, or NULL; never one to loopback.  In the environment
 * it is https_proxy or HTTPS_PROXY, http_proxy in lower case only, else all_proxy or
 * ALL_PROXY, unless no_proxy or NO_PROXY lists the origin.  May hold a password: not for
 * messages.
 * Source: curl(1), "ENVIRONMENT".
 */
const char *http_proxy_for(const char *proxy, const struct http_origin *to);

/* The host and port of a proxy URL, for messages.  Caller frees. */
char *http_proxy_host(const char *url);

/*
 * Whether such a list contains the origin.  Entries are hosts and domains, which include
 * everything below them, addresses, and networks in CIDR notation, separated by commas or
 * blanks; or a single "*".
 */
bool http_proxy_excepts(const char *list, const struct http_origin *to);

#endif
