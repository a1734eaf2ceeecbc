/* SPDX-License-Identifier: Apache-2.0 */
/* Targets of redirects: an accepted one is a plain URL of a known origin. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "io/http/http.h"
#include "registry/connection/redirect.h"
#include "io/http/http_url.h"

#include <stdlib.h>
#include <string.h>

/* Nothing in it has another meaning to another parser. */
static void
check_form(const char *url)
{
    const char *host = strstr(url, "://");
    size_t len = strlen(url);

    assert(strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
    assert(len <= HTTP_URL_MAX && !strchr(url, '#'));
    for (size_t i = 0; i < len; i++)
        assert((unsigned char)url[i] > ' ' && url[i] != 0x7f);
    host += 3;
    assert(!memchr(host, '@', strcspn(host, "/?")));
}

static void
check_parts(const char *url, const struct http_origin *origin)
{
    CLEANUP(mem_free_string) char *shown = http_url_redacted(url);
    CLEANUP(mem_free_string)
    char *longer = http_url_add_query(url, "digest", "sha256:a b");
    CLEANUP(mem_free_string) char *built = http_url_build(origin, http_url_path(url));
    const char *added = longer + strlen(url);
    struct http_origin again;
    struct err err = ERR_INIT;

    assert(!strchr(shown, '?') && strncmp(shown, url, strlen(shown)) == 0);
    assert(strncmp(longer, url, strlen(url)) == 0);
    assert(strcmp(added + strspn(added, "?&"), "digest=sha256%3Aa%20b") == 0);
    assert(strchr(longer, '?') <= added);
    assert(http_url_origin(longer, &again, &err) == 0);
    assert(http_origin_equal(&again, origin));
    assert(http_url_origin(built, &again, &err) == 0);
    assert(http_origin_equal(&again, origin));
}

/* A server that is asked over TLS never leads away from it. */
static void
check_hop(const struct http_origin *from, const struct http_origin *to)
{
    struct err err = ERR_INIT;
    int rc = redirect_check(from, HTTP_REACH_PUBLIC, to, &err);

    assert(rc < 0 || !from->tls || to->tls);
    assert(rc == 0 || err.msg[0] != '\0');
}

/* The first line is the URL that was asked, the rest is what it answered. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string)
    char *base = xstrndup(size > 0 ? (const char *)data : "", size);
    CLEANUP(mem_free_string) char *url = NULL, *again = NULL;
    char *location = strchr(base, '\n');
    struct http_origin from, to;
    struct err err = ERR_INIT;

    if (!location)
        return 0;
    *location++ = '\0';
    if (http_url_origin(base, &from, &err) < 0 ||
        http_url_resolve(base, location, &url, &err) < 0) {
        assert(err.kind == ERR_PROTOCOL && err.msg[0] != '\0');
        return 0;
    }
    check_form(url);
    assert(http_url_origin(url, &to, &err) == 0);
    assert(http_url_resolve(base, url, &again, &err) == 0);
    assert(strcmp(url, again) == 0);
    check_parts(url, &to);
    check_hop(&from, &to);
    return 0;
}
