/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_sent.h"

#include "base/mask.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"

#include <curl/curl.h>
#include <string.h>

enum {
    LEADS = 3
}; /* offsets within a group of three bytes at which a secret may begin */

/*
 * The base64 of a secret at some offset in a longer text: the part that depends only on
 * the secret's bytes, as a piece of *coded.  Source: RFC 4648, section 4.
 */
static struct mask_form
base64_core(const char *secret, size_t len, size_t lead, struct buf *coded)
{
    struct buf whole = BUF_INIT(LEADS + MASK_BYTES_MAX);
    size_t first = (8 * lead + 5) / 6, end = 8 * (lead + len) / 6;
    struct mask_form core = {.len = 0};

    if (end - first >= MASK_SHORT && buf_add(&whole, "\0\0", lead) == 0 &&
        buf_add(&whole, secret, len) == 0 &&
        base64_encode(whole.data, whole.len, coded) == 0)
        core = (struct mask_form){.bytes = coded->data + first, .len = end - first};
    secret_wipe(whole.data, whole.cap);
    buf_release(&whole);
    return core;
}

/* Hide the bytes from now on, as they are and in base64. */
static void
hide(const char *secret, size_t len)
{
    struct mask_form forms[1 + LEADS] = {{.bytes = secret, .len = len}};
    struct buf coded[LEADS];

    if (len == 0 || mask_knows(&forms[0]))
        return;
    len = len < MASK_BYTES_MAX ? len : MASK_BYTES_MAX;
    for (size_t i = 0; i < LEADS; i++) {
        coded[i] = (struct buf)BUF_INIT(2 * MASK_BYTES_MAX);
        forms[1 + i] = base64_core(secret, len, i, &coded[i]);
    }
    mask_add(forms, COUNT_OF(forms));
    for (size_t i = 0; i < LEADS; i++) {
        secret_wipe(coded[i].data, coded[i].cap);
        buf_release(&coded[i]);
    }
}

/* "USER:PASSWORD": the user name is not secret. */
static void
hide_password(const char *pair, size_t len)
{
    const char *colon = memchr(pair, ':', len);

    if (colon)
        hide(colon + 1, len - (size_t)(colon + 1 - pair));
}

/* "Basic BASE64" or "Bearer TOKEN". */
static void
hide_authorization(const char *value)
{
    const char *word = strchr(value, ' ');
    struct buf pair = BUF_INIT(2 * strlen(value));

    word = word ? word + 1 : value;
    hide(word, strlen(word));
    if (text_starts(value, "Basic ") && base64_decode(word, strlen(word), &pair) == 0)
        hide_password(pair.data ? pair.data : "", pair.len);
    secret_wipe(pair.data, pair.cap);
    buf_release(&pair);
}

/* What the library sends of a proxy's URL. */
static void
hide_proxy(const char *url)
{
    const char *end = strrchr(url, '@'), *scheme = strstr(url, "://");
    const char *start = scheme && scheme < end ? scheme + 3 : url;
    struct buf coded = BUF_INIT(2 * HTTP_URL_MAX);
    int len = 0;
    char *pair;

    if (!end)
        return;
    pair = curl_easy_unescape(NULL, start, (int)(end - start), &len);
    if (!pair)
        mem_exhausted();
    hide_password(pair, (size_t)len);
    if (base64_encode(pair, (size_t)len, &coded) == 0)
        hide(coded.data, coded.len);
    secret_wipe(pair, (size_t)len);
    curl_free(pair);
    secret_wipe(coded.data, coded.cap);
    buf_release(&coded);
}

void
transfer_hide_secrets(const struct http_request *request, const char *proxy)
{
    const struct secret *body = request->confided;

    if (request->authorization && secret_is_set(request->authorization))
        hide_authorization(secret_get(request->authorization));
    if (body && secret_is_set(body))
        hide(secret_get(body), strlen(secret_get(body)));
    if (proxy)
        hide_proxy(proxy);
}
