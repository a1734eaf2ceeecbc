#include "config.h"
#include "registry/upload.h"

#include "base/mem.h"

#include <string.h>

enum { COMMIT_PATIENCE_S = 300 }; /* some registries copy the blob before they answer */

static const char octets[] = "Content-Type: application/octet-stream";

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
           (way == UPLOAD_BY_SIZE && up->size <= UPLOAD_SMALL_MAX);
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
    struct http_source source = upload_body(up);
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
    if (!answer_is_success(&a)) {
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
    struct http_source source = upload_body(up);
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
    if (answer_is_success(&a))
        return upload_take_location(up, &a, err);
    exchange_error(&call, &a, err);
    status = a.http.status;
    if (status == 405 || status == 501 || (status == 404 && up->restarts > 0))
        learn_way(up, UPLOAD_PUT);
    up->again = up->again || status == 404; /* the session is gone */
    return -1;
}

int
upload_send(struct upload *up, struct err *err)
{
    bool with_body = goes_with_put(up);

    up->again = up->maybe_there = up->is_late = false;
    if (!up->location && upload_open(up, err) < 0)
        return -1;
    if (!with_body && patch(up, err) < 0)
        return -1;
    return commit(up, with_body, err);
}
