/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_proxy.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/http/http_url.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- exceptions from the proxy ---- */

static bool
same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(a, b, bits / 8) != 0)
        return false;
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

/* An address and an entry "ADDRESS" or "NETWORK/BITS" of the same family. */
static bool
is_in_network(const char *address, const char *entry, int family)
{
    char network[INET6_ADDRSTRLEN];
    size_t len = strcspn(entry, "/");
    unsigned char a[16], n[16];
    uint64_t bits = family == AF_INET ? 32 : 128;

    if (len >= sizeof(network))
        return false;
    memcpy(network, entry, len);
    network[len] = '\0';
    if (entry[len] == '/' &&
        text_u64(entry + len + 1, strlen(entry + len + 1), bits, &bits) < 0)
        return false;
    return inet_pton(family, address, a) == 1 && inet_pton(family, network, n) == 1 &&
           same_bits(a, n, (unsigned)bits);
}

/* "corp.example" and ".corp.example" both match the domain and everything below it. */
static bool
is_in_domain(const char *host, const char *domain)
{
    size_t h = strlen(host), d;

    domain += domain[0] == '.';
    d = strlen(domain);
    d -= d > 0 && domain[d - 1] == '.';
    h -= h > 0 && host[h - 1] == '.';
    if (d == 0 || d > h || (d < h && host[h - d - 1] != '.'))
        return false;
    for (size_t i = 0; i < d; i++) {
        if (text_lower(domain[i]) != text_lower(host[h - d + i]))
            return false;
    }
    return true;
}

bool
http_proxy_excepts(const char *list, const struct http_origin *to)
{
    char host[HTTP_HOST_MAX + 1], entry[HTTP_HOST_MAX + 1];
    bool is_ipv6 = to->host[0] == '[';
    bool is_name = http_host_reach(to->host) == HTTP_REACH_NAME;
    size_t len;

    if (strcmp(list, "*") == 0)
        return true;
    len = strlen(to->host) - (is_ipv6 ? 2 : 0);
    memcpy(host, to->host + is_ipv6, len);
    host[len] = '\0';
    for (list += strspn(list, ", \t"); *list != '\0'; list += strspn(list, ", \t")) {
        len = strcspn(list, ", \t");
        if (len < sizeof(entry)) {
            memcpy(entry, list, len);
            entry[len] = '\0';
            if (is_name ? is_in_domain(host, entry)
                        : is_in_network(host, entry, is_ipv6 ? AF_INET6 : AF_INET))
                return true;
        }
        list += len;
    }
    return false;
}

/* ---- the variables ---- */

/* The first of these variables that is set and not empty. */
static const char *
proxy_variable(const char *first, const char *second)
{
    const char *value = getenv(first);

    if (!value || value[0] == '\0')
        value = second ? getenv(second) : NULL;
    return value && value[0] != '\0' ? value : NULL;
}

/* The variable for a scheme.  HTTP_PROXY is not read: in CGI it is a request header. */
static const char *
variable_of_scheme(bool tls)
{
    const char *proxy = tls ? proxy_variable("https_proxy", "HTTPS_PROXY")
                            : proxy_variable("http_proxy", NULL);

    return proxy ? proxy : proxy_variable("all_proxy", "ALL_PROXY");
}

static const char *
of_environment(const struct http_origin *to)
{
    const char *proxy = variable_of_scheme(to->tls);
    const char *except = proxy_variable("no_proxy", "NO_PROXY");

    return proxy && except && http_proxy_excepts(except, to) ? NULL : proxy;
}

const char *
http_proxy_for(const char *proxy, const struct http_origin *to)
{
    if (!proxy || http_origin_is_loopback(to))
        return NULL;
    return strcmp(proxy, HTTP_PROXY_ENVIRONMENT) == 0 ? of_environment(to) : proxy;
}

/* ---- proxy URLs ---- */

char *
http_proxy_host(const char *url)
{
    const char *scheme = strstr(url, "://"), *userinfo = strrchr(url, '@');

    url = userinfo ? userinfo + 1 : scheme ? scheme + 3 : url;
    return xstrndup(url, strcspn(url, "/"));
}

/* The part of a URL after its scheme; NULL when the scheme is not one of these. */
static const char *
skip_scheme(const char *url, const char *const *schemes, size_t count)
{
    const char *end = strstr(url, "://");

    for (size_t i = 0; end && i < count; i++) {
        if (text_same_nocase(url, (size_t)(end - url), schemes[i]))
            return end + 3;
    }
    return NULL;
}

static bool
is_host_and_port(const char *text)
{
    CLEANUP(mem_free_string) char *url = xasprintf("http://%s", text);
    struct http_origin origin;
    size_t len = strcspn(text, "/?#");

    return http_url_origin(url, &origin, err_ignored()) == 0 &&
           strspn(text + len, "/") == strlen(text + len);
}

/* Bytes allowed in user name and password: none that ends them early, or that the library
 * does not decode.  It accepts all others, escaped or not. */
static bool
is_userinfo(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c <= ' ' || c == 127 || strchr("#/?@", c))
            return false;
        if (c == '%' && i + 2 < len && (text[i + 1] == '0' || text[i + 1] == '1') &&
            strchr("0123456789abcdefABCDEF", text[i + 2]))
            return false;
    }
    return true;
}

/* [USER[:PASSWORD]@]HOST[:PORT][/]: no message quotes any of it. */
static int
check_authority(const char *text, struct err *err)
{
    const char *at = strrchr(text, '@');

    if (at && !is_userinfo(text, (size_t)(at - text))) {
        err_set(err, ERR_USAGE,
                "the user name or password of the proxy has a character that must be "
                "percent-encoded in a URL");
        return err_hint(err, "write # as %%23, / as %%2F, ? as %%3F, @ as %%40, a blank "
                             "as %%20; control characters are not supported");
    }
    if (is_host_and_port(at ? at + 1 : text))
        return 0;
    err_set(err, ERR_USAGE,
            "malformed proxy URL: expected a host, and nothing after its port");
    return err_hint(err, "expected http://USER:PASSWORD@HOST:PORT, where # / ? @ and "
                         "blanks in USER and PASSWORD are percent-encoded");
}

int
http_proxy_check(const char *proxy, struct err *err)
{
    static const char *const schemes[] = {"http", "https", "socks5", "socks5h"};
    const char *authority = skip_scheme(proxy, schemes, COUNT_OF(schemes));

    if (strcmp(proxy, HTTP_PROXY_ENVIRONMENT) == 0)
        return 0;
    if (strchr(proxy, '@')) {
        return err_because(err, ERR_USAGE, REASON_PROXY_PASSWORD,
                           "a password on the command line is visible to all users");
    }
    if (!authority || !is_host_and_port(authority))
        return err_set(err, ERR_USAGE,
                       "expected a URL such as http://proxy.example:3128, or '%s'",
                       HTTP_PROXY_ENVIRONMENT);
    return 0;
}

static int
check_variable(const char *proxy, struct err *err)
{
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    const char *authority = skip_scheme(proxy, schemes, COUNT_OF(schemes));

    if (!authority && strstr(proxy, "://"))
        return err_set(err, ERR_USAGE,
                       "the scheme of the proxy URL is not one of http, https, socks4, "
                       "socks4a, socks5, socks5h");
    return check_authority(authority ? authority : proxy, err);
}

int
http_proxy_check_environment(struct err *err)
{
    static const struct {
        const char *first, *second;
    } variables[] = {
        {"https_proxy", "HTTPS_PROXY"},
        {"http_proxy", NULL},
        {"all_proxy", "ALL_PROXY"},
    };

    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *proxy = proxy_variable(variables[i].first, variables[i].second);

        if (proxy && check_variable(proxy, err) < 0)
            return err_wrap(err, "%s",
                            proxy == proxy_variable(variables[i].first, NULL)
                                ? variables[i].first
                                : variables[i].second);
    }
    return 0;
}
