/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/presence.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/exchange_error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The result of one request. */
struct last_byte {
    const struct presence_query *query;
    bool has_range;     /* the answer is the one byte requested */
    bool is_useless;    /* ... something else: this host does not support the check */
    bool is_other_size; /* ... of a blob with another size */
    unsigned char byte;
    size_t received;
    struct hash hash; /* of a complete answer */
};

static void
last_byte_release(struct last_byte *l)
{
    hash_release(&l->hash);
}

/* Content-Range: "bytes 9-9/10", or with an asterisk as the total. */
static void
read_range(struct last_byte *l, const char *range)
{
    uint64_t last = l->query->size - 1, total;
    char ours[64];
    size_t len;

    snprintf(ours, sizeof(ours), "bytes %" PRIu64 "-%" PRIu64 "/", last, last);
    len = strlen(ours);
    if (!range || strlen(range) <= len || !text_same_nocase(range, len, ours))
        l->is_useless = true;
    else if (strcmp(range + len, "*") == 0)
        l->has_range = true;
    else if (text_u64(range + len, strlen(range + len), UINT64_MAX, &total) < 0)
        l->is_useless = true;
    else if (total == l->query->size)
        l->has_range = true;
    else
        l->is_other_size = true;
}

static int
begin_answer(void *ctx, const struct http_response *head, struct err *err)
{
    struct last_byte *l = ctx;
    const char *length = http_header(head, "content-length", 0);
    uint64_t announced = 0;

    l->received = 0;
    if (head->status == 206) {
        read_range(l, http_header(head, "content-range", 0));
    } else if (head->status != 200) {
        l->is_useless = true;
    } else if (length && text_u64(length, strlen(length), UINT64_MAX, &announced) == 0 &&
               announced < l->query->size) {
        l->is_other_size = true;
    } else {
        l->is_useless = l->query->size > PRESENCE_WHOLE_MAX;
    }
    if (l->is_useless || l->is_other_size)
        return err_set(err, ERR_PROTOCOL, "unexpected answer, not read");
    hash_release(&l->hash);
    return hash_start(&l->hash, l->query->digest->alg, err);
}

static int
take_answer(void *ctx, const void *bytes, size_t len, struct err *err)
{
    struct last_byte *l = ctx;

    if (len == 0)
        return 0;
    if (len > (l->has_range ? 1 : PRESENCE_WHOLE_MAX) - l->received) {
        l->is_useless = true;
        return err_set(err, ERR_PROTOCOL, "the answer is longer than what was requested");
    }
    l->received += len;
    l->byte = ((const unsigned char *)bytes)[len - 1];
    return hash_add(&l->hash, bytes, len, err);
}

/* Compare the byte with our own, if there is one.  1 equal, 0 different, -1. */
static int
compare_byte(const struct last_byte *l, struct err *err)
{
    const struct presence_query *q = l->query;
    unsigned char ours;

    if (!q->source)
        return 1;
    if (q->source->read_at(q->source->ctx, &ours, 1, q->size - 1, err) != 1)
        return -1;
    return ours == l->byte;
}

/* Judge a body that was read completely. */
static int
judge_body(struct last_byte *l, enum presence *out, struct err *err)
{
    struct digest digest;
    int rc;

    *out = PRESENCE_BROKEN;
    if (l->has_range) {
        rc = l->received == 1 ? compare_byte(l, err) : 0;
        *out = rc == 1 ? PRESENCE_THERE : PRESENCE_BROKEN;
        return rc < 0 ? -1 : 0;
    }
    if (hash_finish(&l->hash, &digest, err) < 0)
        return -1;
    if (l->received == l->query->size && digest_equal(&digest, l->query->digest))
        *out = PRESENCE_THERE;
    return 0;
}

/*
 * A registry that redirects to its storage may list a blob that is absent there: such a
 * refused link would fail again, and uploading the blob again is harmless.
 */
static bool
is_refused_by_storage(const struct answer *a)
{
    long status = a->http.status;

    return a->elsewhere && status >= 400 && status < 500 && status != 408 &&
           !exchange_is_throttled(a);
}

/* ---- HEAD ---- */

static bool
is_by_head(struct session *s, struct host *host)
{
    bool by_head;

    pthread_mutex_lock(&s->client->lock);
    by_head = host->is_by_head;
    pthread_mutex_unlock(&s->client->lock);
    return by_head;
}

bool
presence_is_by_head(struct client *c)
{
    bool by_head = false;

    pthread_mutex_lock(&c->lock);
    for (const struct host *h = c->hosts; h; h = h->next)
        by_head = by_head || h->is_by_head;
    pthread_mutex_unlock(&c->lock);
    return by_head;
}

static void
use_head(struct session *s, struct host *host, const char *why)
{
    bool is_new;

    pthread_mutex_lock(&s->client->lock);
    is_new = !host->is_by_head;
    host->is_by_head = true;
    pthread_mutex_unlock(&s->client->lock);
    if (is_new)
        events_warning(&s->client->config.run->events,
                       "registry %s: blobs cannot be read to check them (%s): presence "
                       "is checked with HEAD only",
                       host->name, why);
}

static int
ask_head(struct session *s, const struct presence_query *q, const char *url,
         enum presence *out, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    struct call call = {.repo = q->repo, .request = {.method = "HEAD", .url = url}};
    struct retry retry = RETRY_INIT("a blob");

    for (;;) {
        if (exchange_once(s, &call, &a, err) == 0) {
            if (!exchange_may_pass(&a) || is_refused_by_storage(&a))
                break;
            exchange_error(&call, &a, err);
        }
        if (retry_wait(s, &retry, err) < 0)
            return -1;
    }
    *out = a.http.status == 200 ? PRESENCE_THERE : PRESENCE_ABSENT;
    return 0;
}

/* ---- the last byte ---- */

enum verdict { VERDICT_KNOWN, VERDICT_RETRY, VERDICT_HEAD, VERDICT_STOP };

/* There was no complete answer. */
static enum verdict
judge_failure(struct session *s, const struct last_byte *l, const struct answer *a,
              enum presence *out, const struct err *err)
{
    if (cancel_wanted(&s->client->config.run->cancel))
        return VERDICT_STOP;
    if (l->is_useless)
        return VERDICT_HEAD;
    if (a->http.status == 206 || a->http.status == 200) { /* interrupted in the middle */
        *out = PRESENCE_BROKEN;
        return VERDICT_KNOWN;
    }
    if (a->elsewhere || err->kind == ERR_PROTOCOL)
        return VERDICT_HEAD; /* its storage is unreachable from here */
    return VERDICT_RETRY;
}

static enum verdict
judge_answer(struct session *s, struct last_byte *l, const struct call *call,
             const struct answer *a, enum presence *out, struct err *err)
{
    long status = a->http.status;

    if (status == 206 || status == 200)
        return judge_body(l, out, err) < 0 ? VERDICT_STOP : VERDICT_KNOWN;
    exchange_error(call, a, err);
    if (status == 404 || status == 416 || is_refused_by_storage(a)) {
        *out = status == 416 ? PRESENCE_BROKEN : PRESENCE_ABSENT;
        return VERDICT_KNOWN;
    }
    return s->is_throttled ? VERDICT_RETRY : VERDICT_HEAD;
}

static int
ask_last_byte(struct session *s, struct host *host, const struct presence_query *q,
              const char *url, enum presence *out, struct err *err)
{
    CLEANUP(last_byte_release) struct last_byte l = {.query = q};
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    const struct http_sink sink = {begin_answer, take_answer, &l};
    char range[64];
    const char *const headers[] = {range, NULL};
    struct call call = {.repo = q->repo,
                        .expected = PRESENCE_WHOLE_MAX,
                        .request = {.method = "GET",
                                    .url = url,
                                    .headers = headers,
                                    .sink = &sink,
                                    .body_max = HTTP_ERROR_BODY_MAX}};
    struct retry retry = RETRY_INIT("a blob");
    enum verdict verdict;

    snprintf(range, sizeof(range), "Range: bytes=%" PRIu64 "-%" PRIu64, q->size - 1,
             q->size - 1);
    do {
        l.is_useless = l.has_range = l.is_other_size = false;
        verdict = exchange_once(s, &call, &a, err) < 0
                      ? judge_failure(s, &l, &a, out, err)
                      : judge_answer(s, &l, &call, &a, out, err);
    } while (verdict == VERDICT_RETRY && retry_wait(s, &retry, err) == 0);
    if (verdict == VERDICT_STOP || verdict == VERDICT_RETRY)
        return -1;
    if (verdict == VERDICT_HEAD) {
        use_head(s, host, err->kind != ERR_NONE ? err->msg : "unexpected answer");
        *err = (struct err)ERR_INIT;
        return ask_head(s, q, url, out, err);
    }
    *err = (struct err)ERR_INIT;
    return 0;
}

int
presence_check(struct session *s, const struct presence_query *q, enum presence *out,
               struct err *err)
{
    CLEANUP(mem_free_string) char *rest = NULL, *url = NULL;
    char text[DIGEST_TEXT_MAX];
    struct err why = ERR_INIT;
    struct host *host;
    int rc;

    if (client_host(s, q->repo, &host, err) < 0)
        return -1;
    digest_text(q->digest, text);
    rest = xasprintf("blobs/%s", text);
    url = client_url(host, q->repo->path, rest);
    rc = q->size == 0 || is_by_head(s, host) ? ask_head(s, q, url, out, &why)
                                             : ask_last_byte(s, host, q, url, out, &why);
    if (rc == 0)
        return 0;
    *err = why;
    return err_wrap(err, "blob %s", text);
}

int
presence_error(const char *what, const struct digest *digest, struct err *err)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(digest, text);
    err_because(
        err, ERR_PROTOCOL, REASON_BROKEN_BLOB,
        "%s %s: accepted by the registry, but absent or damaged under this digest", what,
        text);
    return err_hint(
        err, "the registry's owner must delete this digest from its storage and restart "
             "the registry, which clears its cache; then run the same command again");
}
