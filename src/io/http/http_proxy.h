/* SPDX-License-Identifier: Apache-2.0 */
/* http_proxy.h - proxies: the environment variables and their exceptions.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_PROXY_H
#define IO_HTTP_HTTP_PROXY_H

#include "io/http/http.h"

/*
 * Is it that word, or an http, https, socks5 or socks5h URL of a host alone?
 * Errors: ERR_USAGE; a user name in it is refused too: everybody could see it in argv.
 */
MUST_USE int http_proxy_check(const char *proxy, struct err *err);

/*
 * Are the variables below, as far as they are set, URLs that the library reads as they
 * are meant?  A scheme may be missing, as in curl; user name and password may be there.
 * Errors: ERR_USAGE, naming the variable and what is wrong, and nothing of its value.
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

/* The host and port of such a URL, for messages.  Caller frees. */
char *http_proxy_host(const char *url);

/*
 * Does such a list hold the origin?  Hosts and domains, which stand for all below them
 * too, addresses, and networks with their bits, between commas or blanks; or "*" alone.
 */
bool http_proxy_excepts(const char *list, const struct http_origin *to);

#endif
