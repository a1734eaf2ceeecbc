/* SPDX-License-Identifier: Apache-2.0 */
/* Proxies of the environment: a URL, the exceptions, the resulting proxy. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/http/http.h"
#include "io/http/http_proxy.h"
#include "io/http/http_url.h"

#include <stdlib.h>
#include <string.h>

/* A host is always in a list of itself, and a list that is longer holds no less. */
static void
try_list(const char *list, const struct http_origin *to)
{
    CLEANUP(mem_free_string) char *longer = xasprintf("other.example, %s", list);
    char host[HTTP_HOST_MAX + 1];
    size_t len = strlen(to->host);

    if (strcmp(list, "*") != 0 && http_proxy_excepts(list, to))
        assert(http_proxy_excepts(longer, to));
    memcpy(host, to->host, len + 1);
    if (host[0] == '[') {
        memmove(host, host + 1, len - 2);
        host[len - 2] = '\0';
    }
    if (strspn(host, ".") < strlen(host) && !strpbrk(host, ", \t/"))
        assert(http_proxy_excepts(host, to));
}

static void
try_proxy(const char *proxy)
{
    CLEANUP(mem_free_string) char *host = http_proxy_host(proxy);
    struct err err = ERR_INIT;

    assert(!strchr(host, '@') && !strchr(host, '/'));
    if (http_proxy_check(proxy, &err) == 0)
        assert(!strchr(proxy, '@'));
    else
        assert(err.kind == ERR_USAGE && err.msg[0] != '\0');
}

/* An accepted proxy is shown as a host only, a refused one not at all. */
static void
try_variable(const char *proxy)
{
    struct err err = ERR_INIT;

    assert(setenv("https_proxy", proxy, 1) == 0);
    if (http_proxy_check_environment(&err) == 0) {
        CLEANUP(mem_free_string) char *host = http_proxy_host(proxy);

        assert(!strpbrk(host, "@/?#% "));
    } else {
        assert(err.kind == ERR_USAGE && text_starts(err.msg, "https_proxy: "));
        assert(strlen(proxy) < 16 ||
               (!strstr(err.msg, proxy) && !strstr(err.hint, proxy)));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string)
    char *url = xstrndup(size > 0 ? (const char *)data : "", size);
    char *list = strchr(url, '\n'), *proxy = list ? strchr(list + 1, '\n') : NULL;
    struct http_origin to;
    struct err err = ERR_INIT;

    if (!proxy)
        return 0;
    *list++ = '\0';
    *proxy++ = '\0';
    if (http_url_origin(url, &to, &err) == 0)
        try_list(list, &to);
    try_proxy(proxy);
    try_variable(proxy);
    return 0;
}
