#include "config.h"
#include "io/http.h"

#include "base/mem.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- who is to be reached without a proxy ---- */

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

/* "corp.example" and ".corp.example" both stand for themselves and what is below. */
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

/* The first of these that is set, and not to nothing. */
static const char *
variable(const char *first, const char *second)
{
    const char *value = getenv(first);

    if (!value || value[0] == '\0')
        value = second ? getenv(second) : NULL;
    return value && value[0] != '\0' ? value : NULL;
}

static const char *
of_environment(const struct http_origin *to)
{
    /* HTTP_PROXY is a header that a web server was sent */
    const char *proxy =
        to->tls ? variable("https_proxy", "HTTPS_PROXY") : variable("http_proxy", NULL);
    const char *except = variable("no_proxy", "NO_PROXY");

    if (!proxy)
        proxy = variable("all_proxy", "ALL_PROXY");
    return proxy && except && http_proxy_excepts(except, to) ? NULL : proxy;
}

const char *
http_proxy_for(const char *proxy, const struct http_origin *to)
{
    if (!proxy || http_origin_is_loopback(to))
        return NULL;
    return strcmp(proxy, HTTP_PROXY_ENVIRONMENT) == 0 ? of_environment(to) : proxy;
}

/* ---- their URLs ---- */

char *
http_proxy_host(const char *url)
{
    const char *scheme = strstr(url, "://"), *userinfo = strrchr(url, '@');

    url = userinfo ? userinfo + 1 : scheme ? scheme + 3 : url;
    return xstrndup(url, strcspn(url, "/"));
}

int
http_proxy_check(const char *proxy, struct err *err)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://",
                                          "socks5h://"};
    CLEANUP(mem_free_string) char *as_http = NULL;
    struct http_origin origin;

    if (strcmp(proxy, HTTP_PROXY_ENVIRONMENT) == 0)
        return 0;
    if (strchr(proxy, '@')) {
        err_set(err, ERR_USAGE, "a password on the command line is visible to everybody");
        return err_hint(err, "put the whole URL into the variable https_proxy, then: "
                             "--proxy env");
    }
    for (size_t i = 0; i < COUNT_OF(schemes) && !as_http; i++) {
        if (text_starts(proxy, schemes[i]))
            as_http = xasprintf("http://%s", proxy + strlen(schemes[i]));
    }
    if (!as_http || http_url_origin(as_http, &origin, err) < 0 ||
        strspn(http_url_path(as_http), "/") != strlen(http_url_path(as_http)))
        return err_set(err, ERR_USAGE,
                       "not a URL such as http://proxy.example:3128, and not '%s'",
                       HTTP_PROXY_ENVIRONMENT);
    return 0;
}
