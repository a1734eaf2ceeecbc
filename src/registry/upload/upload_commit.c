/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload.h"

#include "base/mem.h"

#include <string.h>

/* The registry does not take a body with the PUT. */
static bool
is_refused_body(const struct answer *a)
{
    long status = a->http.status;

    return status == 404 || status == 405 || status == 415 || status == 501;
}

/* What a failed commit means; the error is in words already. */
static void
judge_commit(struct upload *up, const struct answer *a, bool has_body)
{
    long status = a->http.status;

    if (exchange_is_throttled(a)) {
        up->remedy = UPLOAD_PAUSE;
    } else if (status == 413 && has_body) {
        up->remedy = upload_learn_too_large(up, up->size) ? UPLOAD_GO_ON
                                                          : upload_learn_no_put_body(up);
    } else if (has_body && is_refused_body(a)) {
        up->maybe_there = status == 404;
        up->remedy = upload_learn_no_put_body(up);
    } else if (status == 404) { /* also what a registry says that did it a moment ago */
        up->maybe_there = up->is_late = true;
        up->remedy = UPLOAD_REOPEN;
    } else if (status == 400 && exchange_has_code(a, "DIGEST_INVALID")) {
        up->remedy = up->was_damaged ? UPLOAD_GIVE_UP : UPLOAD_REOPEN;
        up->was_damaged = true; /* our bytes are right */
    } else {
        up->maybe_there = exchange_may_pass(a);
        up->is_late = status == 504 || status >= 520; /* a proxy that did not wait */
    }
}

/* A web server that says yes to everything is no registry. */
static int
check_stored(struct upload *up, const struct answer *a, struct err *err)
{
    const char *told = http_header(&a->http, "docker-content-digest", 0);
    int found;

    if (told)
        return exchange_check_digest(told, up->digest, err);
    if (http_header(&a->http, "location", 0))
        return 0;
    found = upload_is_there(up, err);
    if (found == 0)
        err_set(err, ERR_PROTOCOL,
                "the server says that it stored the blob, and does not have it");
    return found == 1 ? 0 : -1;
}

int
upload_commit(struct upload *up, bool with_body, struct err *err)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *url = http_url_add_query(up->location, "digest", up->text);
    struct http_source source = upload_body(up, 0, up->size);
    bool has_body = with_body && up->size > 0;
    struct call call = {.repo = up->repo,
                        .request = {.method = "PUT",
                                    .url = url,
                                    .headers = headers,
                                    .source = has_body ? &source : NULL,
                                    .answer_ms = upload_answer_ms(up->size),
                                    .body_max = HTTP_ERROR_BODY_MAX}};

    if (!has_body && upload_check_digest(up, err) < 0)
        return -1;
    if (exchange_once(up->session, &call, &a, err) < 0) {
        up->maybe_there = retry_is_useful(err);
        up->is_late = up->size >= UPLOAD_RESUME_MIN && !a.http.is_silence;
        upload_judge_silence(up, &a, err);
        return -1;
    }
    if (!answer_is_success(&a)) {
        exchange_error(&call, &a, err);
        judge_commit(up, &a, has_body);
        return -1;
    }
    upload_close(up, false);
    return check_stored(up, &a, err);
}
