/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/pull.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/connection/client_internal.h"
#include "registry/exchange_error.h"
#include "registry/mirror_fallback.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
pulled_release(struct pulled *p)
{
    buf_release(&p->bytes);
}

/* GET or HEAD a manifest of at most max bytes and the expected size (0: max); 0 with any
 * status. */
static int
ask_for_manifest(struct session *s, const struct repository *repo, const char *method,
                 const char *reference, const char *media_type, size_t max,
                 uint64_t expected, struct call *call, struct answer *a, struct err *err)
{
    CLEANUP(mem_free_string)
    char *accept = xasprintf("Accept: %s%s%s", media_accept,
                             media_type && media_type[0] != '\0' ? ", " : "",
                             media_type ? media_type : "");
    CLEANUP(mem_free_string) char *rest = xasprintf("manifests/%s", reference);
    CLEANUP(mem_free_string) char *url = NULL;
    const char *const headers[] = {accept, NULL};
    struct host *host;
    int rc;

    if (client_host(s, repo, &host, err) < 0)
        return -1;
    url = client_url(host, repo->path, rest);
    *call = (struct call){
        .repo = repo,
        .expected = expected,
        .request = {.method = method, .url = url, .headers = headers, .body_max = max}};
    rc = exchange(s, call, a, err);
    call->request.url = NULL;
    call->request.headers = NULL;
    return rc;
}

/* Login and error pages may come with status 200. */
static int
check_content_type(const struct answer *a, struct err *err)
{
    const char *type = http_header(&a->http, "content-type", 0);

    if (!type || !text_starts(type, "text/html"))
        return 0;
    return err_set(err, ERR_PROTOCOL,
                   "got a web page instead of a manifest (text/html, %zu bytes)",
                   a->http.body.len);
}

/* Only a strong ETag reliably distinguishes two versions. */
static void
keep_etag(const struct answer *a, char out[PULLED_ETAG_MAX])
{
    const char *etag = http_header(&a->http, "etag", 0);
    size_t len = etag ? strlen(etag) : 0;

    if (len < 2 || len >= PULLED_ETAG_MAX || etag[0] != '"' || etag[len - 1] != '"')
        len = 0;
    for (size_t i = 0; i < len; i++) {
        if (etag[i] < '!' || etag[i] > '~')
            len = 0;
    }
    if (len > 0)
        memcpy(out, etag, len);
    out[len] = '\0';
}

/* The bytes as received, with their digest. */
static int
fetch_manifest(struct session *s, const struct repository *repo, const char *reference,
               const char *media_type, enum digest_alg alg, size_t max, uint64_t expected,
               struct pulled *out, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    struct buf *body = &a.http.body;
    struct pulled got = PULLED_INIT;
    struct call call;

    if (ask_for_manifest(s, repo, "GET", reference, media_type, max, expected, &call, &a,
                         err) < 0)
        return -1;
    if (a.http.status != 200)
        return exchange_error(&call, &a, err);
    if (check_content_type(&a, err) < 0 || exchange_check_encoding(&a.http, err) < 0 ||
        hash_bytes(alg, body->data, body->len, &got.digest, err) < 0)
        return -1;
    if (!media_type_of_header(http_header(&a.http, "content-type", 0), got.media_type))
        got.media_type[0] = '\0';
    keep_etag(&a, got.etag);
    got.bytes.len = body->len;
    got.bytes.cap = body->cap;
    got.bytes.data = buf_steal(body);
    pulled_release(out);
    *out = got;
    return 0;
}

/* The document to fetch along the route. */
struct wanted_document {
    const char *tag; /* or */
    const struct digest *digest;
    const char *media_type; /* may be this too; or NULL */
    uint64_t size;
    struct pulled *out;
};

static int
fetch_tag(struct session *s, const struct repository *repo, void *ctx, struct err *err)
{
    struct wanted_document *w = ctx;

    return fetch_manifest(s, repo, w->tag, NULL, DIGEST_SHA256, DOCUMENT_BYTES_MAX, 0,
                          w->out, err);
}

int
pull_by_tag(struct session *s, const struct repository *repo, const char *tag,
            struct pulled *out, struct err *err)
{
    struct wanted_document w = {.tag = tag, .out = out};
    struct route_question q = {.ask = fetch_tag, .ctx = &w, .is_worth_a_line = true};

    return mirror_fallback(s, repo, &q, err);
}

static int
fetch_digest(struct session *s, const struct repository *repo, void *ctx, struct err *err)
{
    struct wanted_document *w = ctx;
    const struct digest *digest = w->digest;
    uint64_t size = w->size;
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;
    char text[DIGEST_TEXT_MAX];
    bool fits = false;
    size_t max = size <= DOCUMENT_SMALL_MAX ? DOCUMENT_SMALL_MAX : DOCUMENT_BYTES_MAX;
    uint64_t expected = size < max ? size : max;

    digest_text(digest, text);
    for (int tries = 0; tries < 2 && !fits; tries++) { /* a proxy may have truncated it */
        if (fetch_manifest(s, repo, text, w->media_type, digest->alg, max, expected, &got,
                           err) < 0)
            return err_wrap(err, "manifest %s", text);
        fits = digest_equal(&got.digest, digest);
    }
    if (!fits)
        return err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                           "manifest %s: the %zu bytes returned by the registry do not "
                           "match this digest%s%s",
                           text, got.bytes.len,
                           got.media_type[0] != '\0' ? ", type " : "", got.media_type);
    if (size != UINT64_MAX && got.bytes.len != size)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "manifest %s has %zu bytes, but its descriptor says %" PRIu64,
                           text, got.bytes.len, size);
    pulled_release(w->out);
    *w->out = got;
    got = (struct pulled)PULLED_INIT;
    return 0;
}

int
pull_by_type(struct session *s, const struct repository *repo,
             const struct digest *digest, const char *media_type, uint64_t size,
             struct pulled *out, struct err *err)
{
    struct wanted_document w = {
        .digest = digest, .media_type = media_type, .size = size, .out = out};
    struct route_question q = {
        .ask = fetch_digest, .ctx = &w, .is_worth_a_line = size == UINT64_MAX};

    return mirror_fallback(s, repo, &q, err);
}

int
pull_by_digest(struct session *s, const struct repository *repo,
               const struct digest *digest, uint64_t size, struct pulled *out,
               struct err *err)
{
    return pull_by_type(s, repo, digest, NULL, size, out, err);
}

/* ---- presence ---- */

/* Not found is a result, not an error. */
static int
was_found(int rc, const struct err *why, struct err *err)
{
    if (rc == 0)
        return 1;
    if (why->kind == ERR_NOT_FOUND)
        return 0;
    *err = *why;
    return -1;
}

int
pull_look_at_tag(struct session *s, const struct repository *repo, const char *tag,
                 struct digest *digest, struct err *err)
{
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;
    struct err why = ERR_INIT;
    int rc = pull_by_tag(s, repo, tag, &got, &why);

    if (rc == 0)
        *digest = got.digest;
    return was_found(rc, &why, err);
}

/* Whether HEAD has found a manifest at that registry; with note: now it has. */
static bool
has_head(struct session *s, const struct repository *repo, bool note)
{
    struct client *c = s->client;
    struct host *host;
    bool has;

    pthread_mutex_lock(&c->lock);
    host = client_find_host(c, repo);
    host->has_head |= note;
    has = host->has_head;
    pthread_mutex_unlock(&c->lock);
    return has;
}

/* Some registries answer HEAD with 404 for tags that exist, and for everything else. */
int
pull_look_for_tag(struct session *s, const struct repository *repo, const char *tag,
                  struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    struct digest digest;
    struct call call;

    if (has_head(s, repo, false)) {
        if (ask_for_manifest(s, repo, "HEAD", tag, NULL, DOCUMENT_BYTES_MAX, 0, &call, &a,
                             err) < 0)
            return -1;
        if (a.http.status == 200 || a.http.status == 404)
            return a.http.status == 200;
    }
    return pull_look_at_tag(s, repo, tag, &digest, err);
}

int
pull_look_for(struct session *s, const struct repository *repo,
              const struct digest *digest, const char *media_type, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(pulled_release) struct pulled got = PULLED_INIT;
    struct err why = ERR_INIT;
    char text[DIGEST_TEXT_MAX];
    struct call call;

    digest_text(digest, text);
    if (ask_for_manifest(s, repo, "HEAD", text, media_type, DOCUMENT_BYTES_MAX, 0, &call,
                         &a, err) < 0)
        return -1;
    if (a.http.status == 200) {
        has_head(s, repo, true);
        return 1;
    }
    if (a.http.status == 404)
        return 0; /* at worst it is pushed again */
    return was_found(pull_by_type(s, repo, digest, media_type, UINT64_MAX, &got, &why),
                     &why, err);
}
