/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_url.h"

#include "base/mask.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/text_safe.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
url_release(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void
part_release(char **part)
{
    curl_free(*part);
}

bool
http_origin_equal(const struct http_origin *a, const struct http_origin *b)
{
    return a->tls == b->tls && a->port == b->port && strcmp(a->host, b->host) == 0;
}

bool
http_origin_is_loopback(const struct http_origin *o)
{
    return strcmp(o->host, "localhost") == 0 ||
           http_host_reach(o->host) == HTTP_REACH_LOOPBACK;
}

void
http_origin_text(const struct http_origin *o, char out[HTTP_ORIGIN_TEXT_MAX])
{
    if (o->port == (o->tls ? 443 : 80))
        snprintf(out, HTTP_ORIGIN_TEXT_MAX, "%s", o->host);
    else
        snprintf(out, HTTP_ORIGIN_TEXT_MAX, "%s:%u", o->host, (unsigned)o->port);
}

void
http_origin_shown(const struct http_origin *o, char out[HTTP_ORIGIN_TEXT_MAX])
{
    char text[HTTP_ORIGIN_TEXT_MAX];

    http_origin_text(o, text);
    text_safe_in(out, HTTP_ORIGIN_TEXT_MAX, text, strlen(text));
}

void
http_origin_shown_url(const struct http_origin *o, char out[HTTP_ORIGIN_URL_MAX])
{
    char text[HTTP_ORIGIN_TEXT_MAX];

    http_origin_shown(o, text);
    snprintf(out, HTTP_ORIGIN_URL_MAX, "%s://%s", o->tls ? "https" : "http", text);
}

/* ---- addresses ---- */

/* Source: IANA special-purpose address registries. */
static enum http_reach
reach_of_ipv4(const unsigned char a[4])
{
    static const struct {
        unsigned char net[4];
        unsigned bits;
    } private[] = {
        {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},    {{100, 64, 0, 0}, 10},
        {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12}, {{192, 0, 0, 0}, 24},
        {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{224, 0, 0, 0}, 3},
    };
    uint32_t address = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 |
                       (uint32_t)a[3];

    if (a[0] == 127)
        return HTTP_REACH_LOOPBACK;
    for (size_t i = 0; i < COUNT_OF(private); i++) {
        const unsigned char *n = private[i].net;
        uint32_t net = (uint32_t)n[0] << 24 | (uint32_t)n[1] << 16 | (uint32_t)n[2] << 8;

        if ((address ^ net) >> (32 - private[i].bits) == 0)
            return HTTP_REACH_PRIVATE;
    }
    return HTTP_REACH_PUBLIC;
}

static enum http_reach
reach_of_ipv6(const unsigned char a[16])
{
    static const unsigned char zero[16], one[16] = {[15] = 1},
                                         mapped[12] = {[10] = 0xff, [11] = 0xff},
                                         nat64[12] = {0, 0x64, 0xff, 0x9b};

    if (memcmp(a, one, 16) == 0)
        return HTTP_REACH_LOOPBACK;
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return reach_of_ipv4(a + 12);
    if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
        return reach_of_ipv4(a + 2);
    if (memcmp(a, zero, 12) == 0 || memcmp(a, nat64, 4) == 0)
        return HTTP_REACH_PRIVATE; /* IPv4-compatible; locally assigned NAT64 */
    if ((a[0] & 0xfe) == 0xfc || a[0] == 0xff || (a[0] == 0xfe && a[1] >= 0x80))
        return HTTP_REACH_PRIVATE; /* unique local, multicast, link-local, site-local */
    return HTTP_REACH_PUBLIC;
}

enum http_reach
http_host_reach(const char *host)
{
    char bare[INET6_ADDRSTRLEN];
    unsigned char address[16];
    size_t len = strlen(host);

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    }
    if (len >= sizeof(bare))
        return HTTP_REACH_NAME;
    memcpy(bare, host, len);
    bare[len] = '\0';
    if (inet_pton(AF_INET, bare, address) == 1)
        return reach_of_ipv4(address);
    if (inet_pton(AF_INET6, bare, address) == 1)
        return reach_of_ipv6(address);
    return HTTP_REACH_NAME;
}

enum http_reach
http_origin_reach(const struct http_origin *o, enum http_reach peer)
{
    enum http_reach literal =
        http_origin_is_loopback(o) ? HTTP_REACH_LOOPBACK : http_host_reach(o->host);

    return literal != HTTP_REACH_NAME ? literal : peer;
}

/* ---- URLs ---- */

/* Printable ASCII without blanks and backslashes, which servers and proxies interpret
 * differently. */
static bool
is_clean(const char *url)
{
    size_t len = strnlen(url, HTTP_URL_MAX + 1);

    for (size_t i = 0; i < len; i++) {
        if (url[i] <= ' ' || url[i] > '~' || url[i] == '\\')
            return false;
    }
    return len > 0 && len <= HTTP_URL_MAX;
}

/* Reject '@', which ends userinfo, and '%', which begins a zone or an encoded
 * character. */
static bool
is_plain_authority(const char *url)
{
    const char *start = strstr(url, "://");

    if (!start)
        return false;
    start += 3;
    return strcspn(start, "/?#") > 0 && strcspn(start, "/?#") == strcspn(start, "/?#@%");
}

static int
bad_url(const char *why, struct err *err)
{
    return err_set(err, ERR_PROTOCOL, "URL %s", why);
}

static int
set_port(CURLU *u, struct http_origin *o, struct err *err)
{
    CLEANUP(part_release) char *text = NULL;
    uint64_t port;

    if (curl_url_get(u, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) != CURLUE_OK ||
        text_u64(text, strlen(text), UINT16_MAX, &port) < 0 || port == 0)
        return bad_url("has an invalid port", err);
    o->port = (uint16_t)port;
    return 0;
}

static int
set_host(CURLU *u, struct http_origin *o, struct err *err)
{
    CLEANUP(part_release) char *text = NULL;
    size_t len;

    if (curl_url_get(u, CURLUPART_HOST, &text, 0) != CURLUE_OK)
        return bad_url("has no host", err);
    len = strlen(text);
    if (len == 0 || len > HTTP_HOST_MAX)
        return bad_url("has an invalid host", err);
    for (size_t i = 0; i <= len; i++)
        o->host[i] = text_lower(text[i]);
    return 0;
}

static int
origin_of(CURLU *u, struct http_origin *out, struct err *err)
{
    CLEANUP(part_release) char *scheme = NULL;
    struct http_origin o = {.tls = false};

    if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return bad_url("has no scheme", err);
    o.tls = strcmp(scheme, "https") == 0;
    if (!o.tls && strcmp(scheme, "http") != 0)
        return bad_url("is neither http nor https", err);
    if (set_host(u, &o, err) < 0 || set_port(u, &o, err) < 0)
        return -1;
    *out = o;
    return 0;
}

static CURLU *
new_url(void)
{
    CURLU *u = curl_url();

    if (!u)
        mem_exhausted();
    return u;
}

int
http_url_origin(const char *url, struct http_origin *out, struct err *err)
{
    CLEANUP(url_release) CURLU *u = new_url();

    if (!is_clean(url))
        return bad_url("is too long or has invalid characters", err);
    if (!is_plain_authority(url))
        return bad_url("is not of the form scheme://host", err);
    if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return bad_url("cannot be parsed", err);
    return origin_of(u, out, err);
}

char *
http_url_build(const struct http_origin *o, const char *path)
{
    char authority[HTTP_ORIGIN_TEXT_MAX];

    http_origin_text(o, authority);
    return xasprintf("%s://%s%s", o->tls ? "https" : "http", authority, path);
}

const char *
http_url_path(const char *url)
{
    const char *authority = strstr(url, "://");

    return authority ? authority + 3 + strcspn(authority + 3, "/?") : "";
}

/* A host that parses differently the second time was encoded to disguise it. */
static bool
reads_the_same(const char *url)
{
    CLEANUP(url_release) CURLU *u = new_url();
    CLEANUP(part_release) char *again = NULL;

    return curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
           curl_url_get(u, CURLUPART_URL, &again, 0) == CURLUE_OK &&
           strcmp(url, again) == 0;
}

int
http_url_resolve(const char *base, const char *location, char **out, struct err *err)
{
    CLEANUP(url_release) CURLU *u = new_url();
    CLEANUP(part_release) char *whole = NULL;
    struct http_origin origin;

    if (!is_clean(location))
        return bad_url("is empty, too long or has invalid characters", err);
    if (curl_url_set(u, CURLUPART_URL, base, 0) != CURLUE_OK ||
        curl_url_set(u, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        return bad_url("cannot be parsed", err);
    if (http_url_origin(whole, &origin, err) < 0)
        return -1;
    if (!reads_the_same(whole))
        return bad_url("has an encoded host", err);
    *out = xstrdup(whole);
    return 0;
}

static char *
percent_encoded(const char *value)
{
    char *text = curl_easy_escape(NULL, value, 0);

    if (!text)
        mem_exhausted();
    return text;
}

char *
http_url_add_query(const char *url, const char *key, const char *value)
{
    CLEANUP(part_release) char *encoded = percent_encoded(value);
    const char *query = strchr(url, '?');
    const char *joint = !query                                            ? "?"
                        : query[1] == '\0' || url[strlen(url) - 1] == '&' ? ""
                                                                          : "&";

    return xasprintf("%s%s%s=%s", url, joint, key, encoded);
}

int
http_form_add(struct buf *form, const char *key, const char *value)
{
    CLEANUP(part_release) char *encoded = percent_encoded(value);
    int rc = buf_addf(form, "%s%s=%s", form->len > 0 ? "&" : "", key, encoded);

    secret_wipe(encoded, strlen(encoded));
    return rc;
}

char *
http_url_redacted(const char *url)
{
    CLEANUP(buf_release) struct buf masked = BUF_INIT(0);
    size_t len = strcspn(url, "?#");

    return mask_text(url, len, false, &masked) ? buf_steal(&masked) : xstrndup(url, len);
}
