/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/pull_blob.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/text_safe.h"
#include "io/crypto/hash.h"
#include "registry/exchange.h"
#include "registry/exchange_error.h"
#include "registry/mirror_fallback.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    RESTARTS_MAX = 2, /* from byte 0, because the registry could not resume */
};

/* A blob being fetched. */
struct fetch {
    const struct digest *digest;
    uint64_t size;
    const struct byte_sink *sink;
    bool is_linked;    /* the URL is not at the registry */
    bool is_unchecked; /* the caller compares the digest: nothing is hashed here */
    struct hash hash;
    uint64_t done;       /* bytes hashed and passed to the sink */
    uint64_t skip;       /* bytes of this answer already received */
    uint64_t skipped;    /* of all answers */
    bool restart;        /* the answer does not continue at `done` */
    bool was_compressed; /* the answer was compressed */
    unsigned restarts;
};

static void
fetch_release(struct fetch *f)
{
    hash_release(&f->hash);
}

/* ---- the headers of an answer ---- */

/* Whether a range is exactly the rest requested: "bytes 100-999/1000" or "bytes
 * 100-999/"*". */
static bool
is_our_rest(const struct fetch *f, const char *range)
{
    char with_total[96], without[96];

    if (!range)
        return false;
    snprintf(with_total, sizeof(with_total), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
             f->done, f->size - 1, f->size);
    snprintf(without, sizeof(without), "bytes %" PRIu64 "-%" PRIu64 "/*", f->done,
             f->size - 1);
    return text_same_nocase(range, strlen(range), with_total) ||
           text_same_nocase(range, strlen(range), without);
}

static int
check_length(const struct fetch *f, const struct http_response *head, uint64_t expected,
             struct err *err)
{
    const char *length = http_header(head, "content-length", 0);
    const char *type = http_header(head, "content-type", 0);
    char safe[TEXT_SAFE_MAX], safe_type[TEXT_SAFE_MAX];
    uint64_t announced;

    if (!length || (text_u64(length, strlen(length), UINT64_MAX, &announced) == 0 &&
                    announced == expected))
        return 0;
    text_safe_in(safe, sizeof(safe), length, strlen(length));
    text_safe_in(safe_type, sizeof(safe_type), type ? type : "unknown",
                 type ? strlen(type) : 7);
    err_because(
        err, ERR_INTEGRITY, REASON_SIZE,
        "the registry announces %s bytes (type %s), but the descriptor says %" PRIu64,
        safe, safe_type, f->size);
    return f->was_compressed ? err_hint(err, "the server compressed the response") : -1;
}

static int
begin(void *ctx, const struct http_response *head, struct err *err)
{
    const char *encoding = http_header(head, "content-encoding", 0);
    struct fetch *f = ctx;

    f->was_compressed =
        encoding && !text_same_nocase(encoding, strlen(encoding), "identity");
    f->skip = 0;
    if (head->status == 206) {
        f->restart = !is_our_rest(f, http_header(head, "content-range", 0));
        if (f->restart)
            return err_set(err, ERR_PROTOCOL,
                           "the registry returned a different range than requested");
        return check_length(f, head, f->size - f->done, err);
    }
    if (head->status != 200)
        return err_set(err, ERR_PROTOCOL, "the registry returned %ld", head->status);
    f->skip = f->done;
    return check_length(f, head, f->size, err);
}

/* ---- the bytes ---- */

static int
receive_bytes(void *ctx, const void *bytes, size_t len, struct err *err)
{
    struct fetch *f = ctx;
    const unsigned char *p = bytes;
    size_t drop = f->skip < len ? (size_t)f->skip : len;

    f->skip -= drop;
    f->skipped += drop;
    p += drop;
    len -= drop;
    if (len > f->size - f->done)
        return err_because(err, ERR_INTEGRITY, REASON_SIZE,
                           "the registry sent more than the %" PRIu64
                           " bytes in the descriptor",
                           f->size);
    if (len == 0)
        return 0;
    if ((!f->is_unchecked && hash_add(&f->hash, p, len, err) < 0) ||
        f->sink->write_at(f->sink->ctx, f->done, p, len, err) < 0)
        return -1;
    f->done += len;
    return 0;
}

static int
start_over(struct fetch *f, struct err *err)
{
    f->done = 0;
    f->restart = false;
    return f->is_unchecked ? 0 : hash_start(&f->hash, f->digest->alg, err);
}

/* Continue after the prefix, or start from byte 0 without one. */
static int
start_after(struct fetch *f, struct blob_prefix *prefix, struct err *err)
{
    if (!prefix || prefix->len == 0 || prefix->len >= f->size)
        return start_over(f, err);
    f->hash = prefix->hash;
    f->done = prefix->len;
    *prefix = (struct blob_prefix)BLOB_PREFIX_INIT;
    return 0;
}

/*
 * One request for the missing bytes.  0 when none are missing afterwards; -1 with *err,
 * which is transient when resuming may help.
 */
static int
transfer(struct session *s, const struct repository *repo, const char *url,
         struct fetch *f, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    struct http_sink sink = {.begin = begin, .write = receive_bytes, .ctx = f};
    char range[96];
    const char *headers[] = {f->done > 0 ? range : NULL, NULL};
    struct call call = {
        .repo = repo,
        .is_linked = f->is_linked,
        .request = {.method = "GET", .url = url, .headers = headers, .sink = &sink}};

    /* A closed range, because some servers do not support open ones. */
    snprintf(range, sizeof(range), "Range: bytes=%" PRIu64 "-%" PRIu64, f->done,
             f->size - 1);
    if (exchange_once(s, &call, &a, err) < 0)
        return -1;
    if (a.http.status == 416 && f->done > 0) {
        f->restart = true;
        return err_set(err, ERR_PROTOCOL, "the registry cannot resume a transfer");
    }
    if (a.http.status != 200 && a.http.status != 206)
        return exchange_error(&call, &a, err);
    if (f->done < f->size)
        return err_set(err, ERR_NETWORK,
                       "the transfer ended after %" PRIu64 " of %" PRIu64 " bytes",
                       f->done, f->size);
    return 0;
}

/* After a failed transfer: 0 to resume, after a pause when there was no progress. */
static int
resume_or_fail(struct session *s, struct fetch *f, uint64_t before, struct retry *retry,
               struct err *err)
{
    if (f->restart) {
        if (++f->restarts > RESTARTS_MAX)
            return -1;
        *err = (struct err)ERR_INIT;
        return start_over(f, err);
    }
    if (f->skipped / 2 > f->size)
        return err_hint(err, "the registry cannot resume an interrupted transfer");
    if (f->done > before)
        retry_forget(retry);
    return retry_wait(s, retry, err);
}

/* Receive all bytes, hashed. */
static int
receive(struct session *s, const struct repository *repo, const char *url,
        struct fetch *f, struct err *err)
{
    struct retry retry = RETRY_INIT(url);

    for (;;) {
        uint64_t before = f->done;

        if (transfer(s, repo, url, f, err) == 0)
            return 0;
        if (resume_or_fail(s, f, before, &retry, err) < 0)
            return -1;
    }
}

static int
check_digest(struct fetch *f, struct err *err)
{
    struct digest got;

    if (f->is_unchecked)
        return 0;
    if (hash_finish(&f->hash, &got, err) < 0)
        return -1;
    if (digest_equal(&got, f->digest))
        return 0;
    err_because(err, ERR_INTEGRITY, REASON_DIGEST,
                "the bytes returned by the registry do not match this digest");
    return f->was_compressed ? err_hint(err, "the server compressed the response") : -1;
}

/* Fetch the whole blob from there; once more when the digest is wrong. */
static int
fetch_from(struct session *s, const struct repository *repo, const char *url,
           struct fetch *f, struct err *err)
{
    if (receive(s, repo, url, f, err) < 0)
        return -1;
    if (check_digest(f, err) == 0)
        return 0;
    if (err->kind != ERR_INTEGRITY)
        return -1;
    *err = (struct err)ERR_INIT; /* a proxy may have cached a damaged copy */
    if (start_over(f, err) < 0 || receive(s, repo, url, f, err) < 0)
        return -1;
    return check_digest(f, err);
}

static int
fetch_all(struct session *s, const struct repository *repo, const char *text,
          struct fetch *f, struct blob_prefix *prefix, struct err *err)
{
    CLEANUP(mem_free_string) char *rest = xasprintf("blobs/%s", text);
    CLEANUP(mem_free_string) char *url = NULL;
    struct host *host;

    if (!f->is_unchecked && start_after(f, prefix, err) < 0)
        return -1;
    if (f->size == 0)
        return check_digest(f, err);
    if (client_host(s, repo, &host, err) < 0)
        return -1;
    url = client_url(host, repo->path, rest);
    return fetch_from(s, repo, url, f, err);
}

static struct fetch
fetch_of(const struct digest *digest, uint64_t size, const struct byte_sink *sink)
{
    return (struct fetch){.digest = digest, .size = size, .sink = sink};
}

/* The blob to fetch along the route. */
struct wanted_blob {
    const struct digest *digest;
    uint64_t size;
    struct blob_prefix *prefix; /* for the first place only */
    bool is_unchecked;
    uint64_t from; /* then: the first byte to fetch */
    const struct byte_sink *sink;
};

static int
fetch_blob(struct session *s, const struct repository *repo, void *ctx, struct err *err)
{
    struct wanted_blob *w = ctx;
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    CLEANUP(fetch_release) struct fetch f = fetch_of(w->digest, w->size, w->sink);
    char text[DIGEST_TEXT_MAX];

    allowance_begin(&allowance, s, allowance_ms(w->size, &s->client->config));
    digest_text(w->digest, text);
    f.is_unchecked = w->is_unchecked;
    f.done = w->from;
    if (fetch_all(s, repo, text, &f, w->prefix, err) == 0)
        return 0;
    w->prefix = NULL;
    if (err->kind == ERR_SIGNAL || err->kind == ERR_LOCAL)
        return -1;
    return err_wrap(err, "blob %s", text);
}

int
pull_blob(struct session *s, const struct repository *repo, const struct digest *digest,
          uint64_t size, struct blob_prefix *prefix, const struct byte_sink *sink,
          struct err *err)
{
    struct wanted_blob w = {
        .digest = digest, .size = size, .prefix = prefix, .sink = sink};
    struct route_question q = {.ask = fetch_blob, .ctx = &w};

    return mirror_fallback(s, repo, &q, err);
}

int
pull_blob_from(struct session *s, const struct repository *repo,
               const struct digest *digest, uint64_t size, uint64_t from,
               const struct byte_sink *sink, struct err *err)
{
    struct wanted_blob w = {
        .digest = digest, .size = size, .is_unchecked = true, .from = from, .sink = sink};
    struct route_question q = {.ask = fetch_blob, .ctx = &w};

    return mirror_fallback(s, repo, &q, err);
}

int
pull_linked_blob(struct session *s, const struct repository *repo, const char *url,
                 const struct digest *digest, uint64_t size, const struct byte_sink *sink,
                 struct err *err)
{
    CLEANUP(allowance_end) struct allowance allowance = ALLOWANCE_INIT;
    CLEANUP(fetch_release) struct fetch f = fetch_of(digest, size, sink);
    char text[DIGEST_TEXT_MAX];

    allowance_begin(&allowance, s, allowance_ms(size, &s->client->config));
    f.is_linked = true;
    digest_text(digest, text);
    if (start_over(&f, err) == 0 && fetch_from(s, repo, url, &f, err) == 0)
        return 0;
    if (err->kind == ERR_SIGNAL || err->kind == ERR_LOCAL)
        return -1;
    return err_wrap(err, "blob %s, from a link", text);
}
