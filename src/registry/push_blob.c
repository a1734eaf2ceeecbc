#include "config.h"
#include "registry/push.h"

#include "base/mem.h"
#include "io/hash.h"
#include "registry/exchange.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SMALL_MAX = 1 << 20, /* bytes: up to here the body goes with the PUT, see push.h */
    RESTARTS_MAX = 3,    /* new sessions because a way or a session was refused */
    COMMIT_PATIENCE_S = 300, /* some registries copy the blob before they answer */
};

static const char octets[] = "Content-Type: application/octet-stream";

/* An upload under way. */
struct upload {
    struct session *session;
    struct host *host;
    const struct repository *repo;
    const struct digest *digest;
    char text[DIGEST_TEXT_MAX];
    uint64_t size;
    const struct blob_source *source;
    struct hash hash;
    uint64_t hashed; /* bytes sent in this try */
    char *location;  /* the newest URL of the upload session, or NULL */
    unsigned restarts;
    bool again;       /* the failure is one to begin a new session for, at once */
    bool maybe_there; /* the commit failed, but the registry may have done it */
    bool is_late;     /* ... or be about to do it */
};

static void
upload_release(struct upload *up)
{
    hash_release(&up->hash);
    free(up->location);
}

/* ---- the body ---- */

static int
check_digest(struct upload *up, struct err *err)
{
    struct digest got;

    if (hash_finish(&up->hash, &got, err) < 0)
        return -1;
    if (digest_equal(&got, up->digest))
        return 0;
    return err_because(err, ERR_INTEGRITY, "digest",
                       "the bytes to upload have another digest");
}

/* The last piece is only handed out when all of it is what its digest says. */
static ssize_t
read_hashed(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    struct upload *up = ctx;
    ssize_t got;

    if (offset == 0) {
        up->hashed = 0;
        if (hash_start(&up->hash, up->digest->alg, err) < 0)
            return -1;
    }
    if (offset != up->hashed)
        return err_set(err, ERR_INTERNAL, "an upload was resumed in the middle");
    got = up->source->read(up->source->ctx, out, len, offset, err);
    if (got < 0)
        return -1;
    if (got == 0)
        return err_because(err, ERR_INTEGRITY, "truncated",
                           "the bytes to upload end after %" PRIu64 " of %" PRIu64,
                           offset, up->size);
    if (hash_add(&up->hash, out, (size_t)got, err) < 0)
        return -1;
    up->hashed += (uint64_t)got;
    return up->hashed == up->size && check_digest(up, err) < 0 ? -1 : got;
}

/* ---- the session ---- */

/*
 * Uploads stay at the registry.  Behind a proxy that ends TLS some registries call
 * themselves http://: that is raised to what we really talk to.
 */
static int
keep_at_home(const struct http_origin *home, char **url, struct err *err)
{
    char server[HTTP_ORIGIN_TEXT_MAX];
    struct http_origin o;
    char *raised;

    if (http_url_origin(*url, &o, err) < 0)
        return -1;
    if (http_origin_equal(&o, home))
        return 0;
    if (strcmp(o.host, home->host) != 0 || o.tls || !home->tls ||
        (o.port != home->port && o.port != 80)) {
        http_origin_text(&o, server);
        return err_set(err, ERR_PROTOCOL,
                       "the registry wants the upload to go to another server, %s",
                       server);
    }
    raised = http_url_build(home, http_url_path(*url));
    free(*url);
    *url = raised;
    return 0;
}

/* The newest Location counts; an answer without one leaves it as it was. */
static int
take_location(struct upload *up, const struct answer *a, struct err *err)
{
    const char *location = http_header(&a->http, "location", 0);
    char *next;

    if (!location)
        return up->location ? 0
                            : err_set(err, ERR_PROTOCOL,
                                      "the registry accepts an upload "
                                      "without saying where to");
    if (http_url_resolve(a->url, location, &next, err) < 0)
        return err_wrap(err, "the upload's location");
    if (keep_at_home(&up->host->origin, &next, err) < 0) {
        free(next);
        return -1;
    }
    free(up->location);
    up->location = next;
    return 0;
}

static bool
is_success(const struct answer *a)
{
    return a->http.status >= 200 && a->http.status < 300;
}

static int
open_session(struct upload *up, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *url = client_url(up->host, up->repo->path, "blobs/uploads/");
    struct call call = {
        .repo = up->repo,
        .request = {.method = "POST", .url = url, .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, err) < 0)
        return -1;
    return is_success(&a) ? take_location(up, &a, err) : exchange_error(&call, &a, err);
}

/*
 * Ask for the blob of another repository.  1 it is there; 0 it is not, perhaps with a
 * session opened; -1 only when work should stop.
 */
static int
mount(struct upload *up, const char *from, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *start = client_url(up->host, up->repo->path, "blobs/uploads/");
    CLEANUP(mem_free_string)
    char *with_digest = http_url_add_query(start, "mount", up->text);
    CLEANUP(mem_free_string) char *url = http_url_add_query(with_digest, "from", from);
    struct err why = ERR_INIT;
    struct call call = {
        .repo = up->repo,
        .mount_from = strcmp(from, up->repo->path) == 0 ? NULL : from,
        .request = {.method = "POST", .url = url, .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, &why) == 0) {
        if (a.http.status == 201)
            return 1;
        if (a.http.status == 202 && take_location(up, &a, &why) == 0)
            return 0;
    }
    return cancel_wanted(up->session->client->config.cancel) ? cancel_error(err) : 0;
}

/* ---- which way ---- */

static enum upload_way
learnt_way(const struct upload *up)
{
    struct client *c = up->session->client;
    enum upload_way way;

    pthread_mutex_lock(&c->lock);
    way = up->host->upload;
    pthread_mutex_unlock(&c->lock);
    return way;
}

static bool
goes_with_put(const struct upload *up)
{
    enum upload_way way = learnt_way(up);

    return way == UPLOAD_PUT || up->size == 0 ||
           (way == UPLOAD_BY_SIZE && up->size <= SMALL_MAX);
}

/* The registry refused one way: from now on the other one. */
static void
learn_way(struct upload *up, enum upload_way way)
{
    struct client *c = up->session->client;

    pthread_mutex_lock(&c->lock);
    up->host->upload = way;
    pthread_mutex_unlock(&c->lock);
    up->again = true;
}

/* ---- sending ---- */

/* What a failed commit means; the error is in words already. */
static void
judge_commit(struct upload *up, const struct answer *a, bool with_body)
{
    long status = a->http.status;
    bool is_refused = with_body && up->size > 0 &&
                      (status == 404 || status == 405 || status == 413 || status == 415 ||
                       status == 501);

    if (is_refused)
        learn_way(up, UPLOAD_PATCH);
    if (status == 404) { /* also what a registry says that committed it a moment ago */
        up->maybe_there = up->again = true;
        up->is_late = !is_refused;
    }
    if (status == 400 && exchange_has_code(a, "DIGEST_INVALID"))
        up->again = true; /* our bytes are right: they were damaged on the way */
}

static int
commit(struct upload *up, bool with_body, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *url = http_url_add_query(up->location, "digest", up->text);
    const char *const headers[] = {octets, NULL};
    struct http_source source = {.read = read_hashed, .ctx = up, .size = up->size};
    struct call call = {.repo = up->repo,
                        .request = {.method = "PUT",
                                    .url = url,
                                    .headers = headers,
                                    .source = with_body && up->size > 0 ? &source : NULL,
                                    .patience_s = COMMIT_PATIENCE_S,
                                    .body_max = HTTP_ERROR_BODY_MAX}};
    const char *told;

    if (exchange_once(up->session, &call, &a, err) < 0) {
        up->maybe_there = retry_is_useful(err);
        return -1;
    }
    if (!is_success(&a)) {
        exchange_error(&call, &a, err);
        up->maybe_there = retry_is_useful(err);
        judge_commit(up, &a, with_body);
        return -1;
    }
    told = http_header(&a.http, "docker-content-digest", 0);
    if (told && strcmp(told, up->text) != 0)
        return err_because(err, ERR_INTEGRITY, "digest",
                           "the registry stored it under another digest");
    return 0;
}

static int
patch(struct upload *up, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = xstrdup(up->location);
    const char *const headers[] = {octets, NULL};
    struct http_source source = {.read = read_hashed, .ctx = up, .size = up->size};
    struct call call = {.repo = up->repo,
                        .request = {.method = "PATCH",
                                    .url = url,
                                    .headers = headers,
                                    .source = &source,
                                    .patience_s = COMMIT_PATIENCE_S,
                                    .body_max = HTTP_ERROR_BODY_MAX}};
    long status;

    if (exchange_once(up->session, &call, &a, err) < 0)
        return -1;
    if (is_success(&a))
        return take_location(up, &a, err);
    exchange_error(&call, &a, err);
    status = a.http.status;
    if (status == 405 || status == 501 || (status == 404 && up->restarts > 0))
        learn_way(up, UPLOAD_PUT);
    up->again = up->again || status == 404; /* the session is gone */
    return -1;
}

static int
send_once(struct upload *up, struct err *err)
{
    bool with_body = goes_with_put(up);

    up->again = up->maybe_there = up->is_late = false;
    if (!up->location && open_session(up, err) < 0)
        return -1;
    if (!with_body && patch(up, err) < 0)
        return -1;
    return commit(up, with_body, err);
}

/* ---- trying ---- */

/* Some registries answer first and store later.  1 it is there, 0, -1. */
static int
look_for_it(struct upload *up, struct err *err)
{
    struct cancel *cancel = up->session->client->config.cancel;
    static const uint64_t pauses_ms[] = {500, 1000, 2000};
    int found = push_blob_exists(up->session, up->repo, up->digest, err);

    for (size_t i = 0; found == 0 && up->is_late && i < COUNT_OF(pauses_ms); i++) {
        if (cancel_sleep(cancel, pauses_ms[i], err) < 0)
            return -1;
        found = push_blob_exists(up->session, up->repo, up->digest, err);
    }
    return found;
}

/* After a failure: 1 it is there all the same, 0 try again, -1 give up with *err. */
static int
recover(struct upload *up, struct retry *retry, struct err *err)
{
    struct err why = ERR_INIT;
    int found = up->maybe_there ? look_for_it(up, &why) : 0;

    if (found < 0)
        *err = why;
    if (found != 0)
        return found;
    free(up->location); /* what became of that session nobody knows */
    up->location = NULL;
    if (up->again) {
        if (++up->restarts > RESTARTS_MAX)
            return -1;
        *err = (struct err)ERR_INIT;
        return 0;
    }
    return retry_wait(up->session, retry, err);
}

static int
upload(struct upload *up, struct err *err)
{
    struct retry retry = RETRY_INIT(up->text);

    while (send_once(up, err) < 0) {
        int rc = recover(up, &retry, err);

        if (rc != 0)
            return rc < 0 ? -1 : 0;
    }
    return 0;
}

int
push_blob(struct session *s, const struct repository *repo, const struct digest *digest,
          uint64_t size, const char *mount_from, const struct blob_source *source,
          enum push_outcome *outcome, struct err *err)
{
    CLEANUP(upload_release)
    struct upload up = {
        .session = s, .repo = repo, .digest = digest, .size = size, .source = source};
    int mounted = 0;

    digest_text(digest, up.text);
    if (client_host(s, repo->host, &up.host, err) < 0)
        return -1;
    if (size == 0 &&
        (hash_start(&up.hash, digest->alg, err) < 0 || check_digest(&up, err) < 0))
        return err_wrap(err, "blob %s", up.text);
    if (mount_from)
        mounted = mount(&up, mount_from, err);
    if (mounted < 0)
        return -1;
    if (mounted == 0 && upload(&up, err) < 0)
        return err->kind == ERR_SIGNAL ? -1 : err_wrap(err, "blob %s", up.text);
    *outcome = mounted == 1 ? PUSH_MOUNTED : PUSH_UPLOADED;
    return 0;
}
