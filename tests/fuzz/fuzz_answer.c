/* SPDX-License-Identifier: Apache-2.0 */
/* A whole answer of a registry, its head as it comes over the wire: whatever it says, an
 * error is one line in printable words, an upload stays at home, and a tag is a tag. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "io/http/http_transfer.h"
#include "oci/media_type.h"
#include "registry/exchange.h"
#include "registry/name_pages.h"
#include "registry/upload/upload.h"
#include "io/http/http_url.h"
#include "registry/exchange_error.h"
#include "registry/upload/upload_session.h"

#include <stdlib.h>
#include <string.h>

#define URL "https://reg.example:5000/v2/app/blobs/uploads/"

/* ---- the answer ---- */

/* The lines up to an empty one; returns where the body begins. */
static size_t
feed_head(struct transfer *f, char *text, size_t size)
{
    size_t at = 0;

    while (at < size && !f->head_done && !f->failed) {
        char *end = memchr(text + at, '\n', size - at);
        size_t len = end ? (size_t)(end - text) + 1 - at : size - at;
        size_t taken = transfer_header(text + at, 1, len, f);

        assert(taken == (f->failed ? 0 : len));
        at += len;
    }
    return at;
}

static bool
receive(struct answer *a, const uint8_t *data, size_t size)
{
    CLEANUP(mem_free_string) char *text = xmalloc(size + 1);
    const struct http_request request = {.method = "GET", .url = URL};
    struct err err = ERR_INIT;
    struct transfer f = {.request = &request, .response = &a->http, .err = &err};
    size_t at;

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    at = feed_head(&f, text, size);
    assert(a->http.status >= 0 && a->http.status <= 999);
    assert(a->http.header_count <= HTTP_HEADERS_MAX);
    assert(!f.failed || err.kind == ERR_LIMIT);
    a->http.body = (struct buf)BUF_INIT(HTTP_ERROR_BODY_MAX);
    a->url = xstrdup(URL);
    return !f.failed && (at == size || buf_add(&a->http.body, text + at, size - at) == 0);
}

/* ---- what is made of it ---- */

static void
try_error(const struct answer *a)
{
    static const struct repository repo = {.host = "reg.example:5000", .path = "app"};
    static const char *const methods[] = {"GET", "PUT"};

    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct call call = {.repo = &repo, .request = {.method = methods[i], .url = URL}};
        struct err err = ERR_INIT;

        assert(exchange_error(&call, a, &err) == -1);
        assert(err.kind == ERR_AUTH || err.kind == ERR_NOT_FOUND ||
               err.kind == ERR_NETWORK || err.kind == ERR_PROTOCOL);
        assert((err.kind == ERR_NETWORK) ==
               (exchange_may_pass(a) || a->http.status == 429));
        assert_told(err.msg);
    }
    assert(!exchange_is_throttled(a) || exchange_may_pass(a));
}

static void
try_upload(const struct answer *a)
{
    struct host host = {.origin = {.tls = true, .host = "reg.example", .port = 5000}};
    struct upload up = {.host = &host};
    struct http_origin to;
    struct err err = ERR_INIT;

    if (upload_take_location(&up, a, &err) == 0) {
        assert(http_url_origin(up.location, &to, &err) == 0);
        assert(http_origin_equal(&to, &host.origin));
        free(up.location);
        return;
    }
    assert(err.kind == ERR_PROTOCOL && !up.location);
    assert_told(err.msg);
}

static void
try_names(const struct answer *a)
{
    const char *type = http_header(&a->http, "content-type", 0);
    const char *told = http_header(&a->http, "docker-content-digest", 0);
    const struct digest mine = {.alg = DIGEST_SHA256};
    char media_type[MEDIA_TYPE_MAX + 1];
    struct err err = ERR_INIT;

    if (media_type_of_header(type, media_type))
        assert(media_type_is_valid(media_type));
    if (told && exchange_check_digest(told, &mine, &err) < 0)
        assert(err.kind == ERR_INTEGRITY);
}

/* ---- a list of tags, or of repositories ---- */

struct taken {
    bool (*is_name)(const char *);
    size_t count;
};

static int
take(void *ctx, const char *name, struct err *err)
{
    struct taken *taken = ctx;

    (void)err;
    assert(taken->is_name(name));
    taken->count++;
    return 0;
}

static void
try_list(const struct list_kind *list, const struct buf *body)
{
    struct taken taken = {.is_name = list->is_name};
    const struct name_sink sink = {.take = take, .ctx = &taken};
    struct name_page page;
    struct err err = ERR_INIT;

    if (name_page_read(&page, list, body->data ? body->data : "", body->len, &sink,
                       &err) < 0) {
        assert(err.kind == ERR_PROTOCOL && taken.count == 0);
        assert_told(err.msg);
        return;
    }
    assert(page.count == taken.count + page.odd);
    assert((page.last[0] != '\0') == (taken.count > 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;

    if (!receive(&a, data, size))
        return 0;
    try_error(&a);
    try_upload(&a);
    try_names(&a);
    try_list(&tag_list, &a.http.body);
    try_list(&catalog_list, &a.http.body);
    return 0;
}
