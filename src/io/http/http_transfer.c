/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_transfer.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/http/http_url.h"

#include <stdlib.h>
#include <string.h>

/* "HTTP/1.1 200 OK": the library has checked the form. */
static void
begin_head(struct transfer *f, const char *line, size_t len)
{
    const char *code = memchr(line, ' ', len);
    uint64_t status = 0;

    http_response_forget_head(f->response);
    f->head_done = false;
    if (code && len - (size_t)(code - line) >= 4 &&
        text_u64(code + 1, 3, 999, &status) == 0)
        f->response->status = (long)status;
}

static int
add_header(struct transfer *f, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    struct http_response *r = f->response;
    struct http_header *h;
    const char *value, *end = line + len;

    if (!colon || line[0] == ' ' || line[0] == '\t')
        return 0; /* a folded line; no header read here is ever folded */
    if (r->header_count == HTTP_HEADERS_MAX)
        return err_set(f->err, ERR_LIMIT, "the response has more than %d headers",
                       HTTP_HEADERS_MAX);
    for (value = colon + 1; value < end && (*value == ' ' || *value == '\t'); value++)
        ;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (!r->headers)
        r->headers = xcalloc(HTTP_HEADERS_MAX, sizeof(*r->headers));
    h = &r->headers[r->header_count++];
    h->name = xstrndup(line, (size_t)(colon - line));
    h->value = xstrndup(value, (size_t)(end - value));
    for (char *p = h->name; *p != '\0'; p++)
        *p = text_lower(*p);
    return 0;
}

size_t
transfer_header(char *line, size_t one, size_t len, void *arg)
{
    struct transfer *f = arg;
    size_t used = len * one;

    while (used > 0 && (line[used - 1] == '\r' || line[used - 1] == '\n'))
        used--;
    if (used > 5 && memcmp(line, "HTTP/", 5) == 0) {
        begin_head(f, line, used);
    } else if (used == 0) {
        f->head_done = f->response->status >= 200;
    } else if (!f->head_done && add_header(f, line, used) < 0) {
        f->failed = true;
        return 0;
    }
    return len * one;
}

/* ---- the bodies ---- */

int
transfer_begin(struct transfer *f)
{
    const struct http_sink *sink = f->request->sink;

    if (f->begun || !sink)
        return 0;
    f->begun = true;
    return sink->begin ? sink->begin(sink->ctx, f->response, f->err) : 0;
}

/* 0, or -1 with *err set or f->cut. */
static int
take_body(struct transfer *f, const char *bytes, size_t len)
{
    struct buf *body = &f->response->body;
    size_t room;

    if (http_response_is_success(f->response) && f->request->sink) {
        if (transfer_begin(f) < 0)
            return -1;
        return f->request->sink->write(f->request->sink->ctx, bytes, len, f->err);
    }
    if (http_response_is_success(f->response)) {
        body->max = f->request->body_max;
        if (buf_add(body, bytes, len) < 0)
            return err_set(f->err, ERR_LIMIT, "the answer is longer than %zu bytes",
                           body->max);
        return 0;
    }
    body->max = HTTP_ERROR_BODY_MAX;
    room = body->max - body->len;
    f->cut = len > room;
    return buf_add(body, bytes, len < room ? len : room) < 0 || f->cut ? -1 : 0;
}

/* Delay for the rate limit. */
static int
go_slowly(const struct transfer *f, size_t len)
{
    return f->rate ? rate_take(f->rate, len, &f->run->cancel, f->err) : 0;
}

size_t
transfer_body(char *bytes, size_t one, size_t len, void *arg)
{
    struct transfer *f = arg;
    uint64_t start = clock_ms();
    bool is_good;

    f->response->received += len * one;
    is_good = take_body(f, bytes, len * one) == 0 && go_slowly(f, len * one) == 0;
    f->own_ms += clock_ms() - start;
    f->failed = f->failed || (!is_good && !f->cut);
    return is_good ? len * one : 0;
}

size_t
transfer_send(char *out, size_t one, size_t len, void *arg)
{
    struct transfer *f = arg;
    const struct byte_source *source = f->request->source;
    uint64_t left = source->size - f->offset;
    size_t want = len * one < left ? len * one : (size_t)left;
    uint64_t start = clock_ms();
    ssize_t got =
        want == 0 ? 0 : source->read_at(source->ctx, out, want, f->offset, f->err);
    bool is_good = got >= 0 && go_slowly(f, (size_t)got) == 0;

    f->own_ms += clock_ms() - start;
    if (!is_good) {
        f->failed = true;
        return CURL_READFUNC_ABORT;
    }
    f->offset += (uint64_t)got;
    return (size_t)got;
}

/* The library sends again when a kept-alive connection turns out to be closed. */
int
transfer_seek(void *arg, curl_off_t offset, int origin)
{
    struct transfer *f = arg;

    if (origin != SEEK_SET || offset < 0)
        return CURL_SEEKFUNC_FAIL;
    f->offset = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* ---- running ---- */

static bool
is_overdue(const struct transfer *f)
{
    return f->deadline > 0 && clock_ms() >= f->deadline;
}

static void
tell_of_wait(struct transfer *f, uint64_t ms)
{
    uint64_t seconds = http_wait_notice(&f->wait, ms);
    char server[HTTP_ORIGIN_TEXT_MAX];

    if (seconds == 0)
        return;
    http_origin_shown(f->to, server);
    events_waiting(&f->run->events, server, seconds);
}

/* Whether the exchange takes too long. */
static enum http_verdict
look(struct transfer *f, CURL *easy)
{
    const struct byte_source *source = f->request->source;
    struct http_view view = {.ms = clock_ms() - f->began - f->own_ms,
                             .received = f->response->received,
                             .has_head = f->head_done};
    curl_off_t connected = 0, sent = 0;
    enum http_verdict verdict;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    view.sent = (uint64_t)sent;
    view.is_connected = connected > 0;
    view.all_sent = !source || view.sent == source->size;
    verdict = http_wait_look(&f->wait, &view);
    tell_of_wait(f, view.ms);
    return is_overdue(f) ? HTTP_OVERDUE : verdict;
}

/* The result of the single transfer. */
static CURLcode
result_of(CURLM *multi)
{
    int left = 0;
    const CURLMsg *message = curl_multi_info_read(multi, &left);

    return message ? message->data.result : CURLE_FAILED_INIT;
}

CURLcode
transfer_perform(struct transfer *f, CURLM *multi, CURL *easy)
{
    enum { LOOK_UP_MS = 100 }; /* interval of the checks whether work should stop */
    CURLcode code = CURLE_OK;
    CURLMcode rc = curl_multi_add_handle(multi, easy);
    int running = 1;

    while (rc == CURLM_OK && code == CURLE_OK && running > 0) {
        rc = curl_multi_perform(multi, &running);
        if (rc == CURLM_OK && running > 0)
            rc = curl_multi_poll(multi, NULL, 0, LOOK_UP_MS, NULL);
        if (f->request->parting_ms == 0 && cancel_wanted(&f->run->cancel))
            code = CURLE_ABORTED_BY_CALLBACK;
        else if (running > 0)
            f->verdict = look(f, easy);
        if (f->verdict != HTTP_WAIT)
            code = CURLE_OPERATION_TIMEDOUT;
    }
    if (rc == CURLM_OK && running == 0)
        code = result_of(multi);
    curl_multi_remove_handle(multi, easy);
    return rc == CURLM_OK ? code : CURLE_FAILED_INIT;
}
