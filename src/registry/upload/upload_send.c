/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/upload/upload_send.h"

#include "base/mem.h"
#include "io/http/http_url.h"
#include "registry/exchange_error.h"
#include "registry/presence.h"
#include "registry/upload/upload_body.h"
#include "registry/upload/upload_quirks.h"
#include "registry/upload/upload_session.h"

#include <inttypes.h>
#include <string.h>

/* Whether the whole blob is sent with the PUT. */
static bool
goes_with_put(const struct upload *up)
{
    const struct upload_quirks *habits = &up->habits;

    if (up->size == 0)
        return true;
    if (up->at > 0 || habits->no_put_body ||
        (habits->piece > 0 && up->size > habits->piece))
        return false;
    return habits->no_patch || up->size <= UPLOAD_SMALL_MAX;
}

/* Number of bytes of the next PATCH. */
static uint64_t
next_piece(const struct upload *up)
{
    uint64_t left = up->size - up->at, piece = upload_quirks(up).piece;

    if (piece == 0)
        return left;
    if (piece < up->piece_min)
        piece = up->piece_min;
    return piece < left ? piece : left;
}

/* The registry's offset differs from ours, or the request was too large. */
static enum upload_remedy
meet_again(struct upload *up, uint64_t len)
{
    uint64_t before = up->at;

    if (!upload_resync(up))
        return UPLOAD_REOPEN;
    if (up->at != before || upload_learn_too_large(up, len))
        return UPLOAD_GO_ON;
    return UPLOAD_REOPEN;
}

/* The remedy after a refused PATCH. */
static enum upload_remedy
judge_patch(struct upload *up, const struct answer *a, uint64_t len)
{
    long status = a->http.status;

    if (exchange_is_throttled(a))
        return UPLOAD_PAUSE;
    if (status == 405 || status == 501 ||
        (status == 404 && up->restarts > 0 && up->at == 0))
        return upload_learn_no_patch(up);
    if (status == 413)
        return upload_learn_too_large(up, len) ? UPLOAD_GO_ON : UPLOAD_GIVE_UP;
    if (status == 416)
        return meet_again(up, len);
    if (status == 404 || (status == 400 && (exchange_has_code(a, "BLOB_UPLOAD_INVALID") ||
                                            exchange_has_code(a, "UNKNOWN"))))
        return UPLOAD_REOPEN;
    return UPLOAD_ASK_ERR;
}

static int
patch(struct upload *up, uint64_t len, struct err *err)
{
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string) char *url = xstrdup(up->location);
    CLEANUP(mem_free_string)
    char *range =
        xasprintf("Content-Range: %" PRIu64 "-%" PRIu64, up->at, up->at + len - 1);
    const char *headers[] = {"Content-Type: application/octet-stream",
                             len < up->size ? range : NULL, NULL};
    struct byte_source source = upload_body(up, up->at, len);
    struct call call = {.repo = up->repo,
                        .request = {.method = "PATCH",
                                    .url = url,
                                    .headers = headers,
                                    .source = &source,
                                    .answer_ms = upload_answer_ms(up->size),
                                    .body_max = HTTP_ERROR_BODY_MAX}};

    if (exchange_once(up->session, &call, &a, err) < 0) {
        up->must_resync = up->size >= UPLOAD_RESUME_MIN;
        upload_judge_silence(up, &a, err);
        return -1;
    }
    if (!answer_is_success(&a)) {
        exchange_error(&call, &a, err);
        up->remedy = judge_patch(up, &a, len);
        up->must_resync = exchange_may_pass(&a) && up->size >= UPLOAD_RESUME_MIN;
        return -1;
    }
    up->at += len;
    return upload_take_location(up, &a, err);
}

/* Whether the registry refuses a body with the PUT. */
static bool
is_refused_body(const struct answer *a)
{
    long status = a->http.status;

    return status == 404 || status == 405 || status == 415 || status == 501;
}

/* Interpret a failed commit; the error is set already. */
static void
judge_commit(struct upload *up, const struct answer *a, bool has_body)
{
    long status = a->http.status;

    up->was_refused = !exchange_is_throttled(a);
    if (exchange_is_throttled(a)) {
        up->remedy = UPLOAD_PAUSE;
    } else if (status == 413 && has_body) {
        up->remedy = upload_learn_too_large(up, up->size) ? UPLOAD_GO_ON
                                                          : upload_learn_no_put_body(up);
    } else if (has_body && is_refused_body(a)) {
        up->maybe_there = status == 404;
        up->remedy = upload_learn_no_put_body(up);
    } else if (status ==
               404) { /* also returned by a registry that has just committed it */
        up->maybe_there = up->is_late = true;
        up->remedy = UPLOAD_REOPEN;
    } else if (status == 400 && exchange_has_code(a, "DIGEST_INVALID")) {
        up->remedy = up->was_damaged ? UPLOAD_GIVE_UP : UPLOAD_REOPEN;
        up->was_damaged = true; /* our bytes are correct */
    } else {
        up->maybe_there = exchange_may_pass(a);
        up->is_late = status == 504 || status >= 520; /* a proxy that timed out */
    }
}

/* A web server that answers every request with success is not a registry. */
static int
check_stored(struct upload *up, const struct answer *a, struct err *err)
{
    const char *told = exchange_told_digest(a);
    int found;

    if (told)
        return exchange_check_digest(told, up->digest, err);
    if (http_header(&a->http, "location", 0))
        return 0;
    found = upload_is_there(up, err);
    if (found == 0)
        err_set(err, ERR_PROTOCOL,
                "the server confirmed the upload, but does not have the blob");
    return found == 1 ? 0 : -1;
}

static int
commit_upload(struct upload *up, bool with_body, struct err *err)
{
    static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
    CLEANUP(answer_release) struct answer a = ANSWER_INIT;
    CLEANUP(mem_free_string)
    char *url = http_url_add_query(up->location, "digest", up->text);
    struct byte_source source = upload_body(up, 0, up->size);
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

int
upload_send(struct upload *up, struct err *err)
{
    up->habits = upload_quirks(up);
    up->remedy = UPLOAD_ASK_ERR;
    up->maybe_there = up->was_refused = up->is_late = up->was_silent = false;
    if (up->location && up->must_resync && !upload_resync(up))
        upload_close(up, true);
    up->must_resync = false;
    if (!up->location && upload_open(up, err) < 0)
        return -1;
    if (goes_with_put(up))
        return commit_upload(up, true, err);
    while (up->at < up->size) {
        if (patch(up, next_piece(up), err) < 0)
            return -1;
    }
    return commit_upload(up, false, err);
}

int
upload_is_there(struct upload *up, struct err *err)
{
    const struct presence_query query = {up->repo, up->digest, up->size, up->source};
    enum presence found;

    if (presence_check(up->session, &query, &found, err) < 0)
        return -1;
    return found == PRESENCE_THERE;
}
