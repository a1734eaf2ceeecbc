/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/http/http_wait.h"

#include "base/patience.h"

static enum http_step
step_of(const struct http_view *v)
{
    if (!v->is_connected)
        return HTTP_CONNECTS;
    if (!v->all_sent)
        return HTTP_SENDS;
    return v->has_head ? HTTP_RECEIVES : HTTP_ASKED;
}

static void
mark(struct http_wait *w, const struct http_view *v)
{
    w->since = v->ms;
    w->sent = v->sent;
    w->received = v->received;
    w->noticed = 0;
}

/* Whether too few bytes were transferred in a whole window. */
static bool
is_slow(struct http_wait *w, const struct http_view *v)
{
    uint64_t came = v->received - w->before, took = v->ms - w->window;

    if (took < patience.stall_ms)
        return false;
    w->window = v->ms;
    w->before = v->received;
    return came < patience.slowest * took / 1000;
}

enum http_verdict
http_wait_look(struct http_wait *w, const struct http_view *v)
{
    enum http_step step = step_of(v);

    if (step != w->step) {
        w->step = step;
        w->window = v->ms;
        w->before = v->received;
        mark(w, v);
    } else if (v->sent != w->sent || v->received != w->received) {
        mark(w, v);
    }
    switch (step) {
    case HTTP_CONNECTS:
        return HTTP_WAIT;
    case HTTP_ASKED:
        return v->ms - w->since >= w->answer_ms ? HTTP_SILENT : HTTP_WAIT;
    case HTTP_SENDS:
    case HTTP_RECEIVES:
        break;
    }
    if (v->ms - w->since >= patience.stall_ms)
        return HTTP_STALLED;
    return step == HTTP_RECEIVES && is_slow(w, v) ? HTTP_SLOW : HTTP_WAIT;
}

uint64_t
http_wait_notice(struct http_wait *w, uint64_t ms)
{
    uint64_t waited = ms - w->since, seconds = waited / 1000;

    if (waited < patience.warnings_ms || seconds <= w->noticed)
        return 0;
    w->noticed = seconds;
    return seconds;
}
