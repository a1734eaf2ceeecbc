/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/progress.h"

#include "base/clock.h"
#include "base/patience.h"
#include "base/text.h"
#include "io/json/json.h"
#include "io/json/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    TTY_MS = 100, /* between two lines */
    PLAIN_MS = 5000,
    IDLE_MS = 1000, /* one worker's wait is worth a word when no other gets on */
};

int
progress_init(struct progress *p, const char *mode, bool quiet, bool verbose,
              const char *command, struct err *err)
{
    static const struct {
        const char *name;
        enum progress_mode mode;
    } modes[] = {
        {"tty", PROGRESS_TTY},
        {"plain", PROGRESS_PLAIN},
        {"json", PROGRESS_JSON},
        {"none", PROGRESS_NONE},
    };
    size_t i = 0;

    *p = (struct progress){.verbose = verbose, .command = command};
    pthread_mutex_init(&p->lock, NULL);
    if (!mode || strcmp(mode, "auto") == 0) {
        p->mode = isatty(STDERR_FILENO) == 1 ? PROGRESS_TTY : PROGRESS_PLAIN;
    } else {
        while (i < COUNT_OF(modes) && strcmp(modes[i].name, mode) != 0)
            i++;
        if (i == COUNT_OF(modes))
            return err_set(err, ERR_USAGE,
                           "--progress is one of auto, tty, plain, json, none");
        p->mode = modes[i].mode;
    }
    if (quiet)
        p->mode = PROGRESS_NONE;
    return 0;
}

static void
clear_line(struct progress *p)
{
    if (p->line_open)
        fputs("\r\033[K", stderr);
    p->line_open = false;
}

static void
amount(const struct progress *p, char out[TEXT_HUMAN_MAX], uint64_t n)
{
    if (p->unit == EVENT_BYTES)
        text_human(out, n);
    else
        snprintf(out, TEXT_HUMAN_MAX, "%" PRIu64, n);
}

/* "fetching: 1.2 GiB of 4.0 GiB (30%), 310.5 MiB/s, 0:09 left" */
static void
format_line(const struct progress *p, uint64_t now, char *out, size_t size)
{
    char done[TEXT_HUMAN_MAX], total[TEXT_HUMAN_MAX], rate[TEXT_HUMAN_MAX];
    uint64_t ms = now - p->began;
    double speed = ms > 0 ? (double)p->done * 1000 / (double)ms : 0;
    size_t n;

    amount(p, done, p->done);
    amount(p, total, p->total);
    n = (size_t)snprintf(out, size, "%s: %s", p->phase, done);
    if (p->total > 0 && n < size)
        n += (size_t)snprintf(out + n, size - n, " of %s (%u%%)", total,
                              (unsigned)(p->done >= p->total
                                             ? 100
                                             : (double)p->done * 100 / (double)p->total));
    if (p->unit == EVENT_BYTES && ms > 500 && n < size)
        n += (size_t)snprintf(out + n, size - n, ", %s/s",
                              text_human(rate, (uint64_t)speed));
    if (p->total > p->done && speed > 0 && ms > 2000 && n < size) {
        uint64_t left = (uint64_t)((double)(p->total - p->done) / speed);

        snprintf(out + n, size - n, ", %" PRIu64 ":%02u left", left / 60,
                 (unsigned)(left % 60));
    }
}

static void
write_json(struct jsout *obj)
{
    CLEANUP(buf_release) struct buf line = BUF_INIT(8192);

    if (jsout_print(obj, &line, err_ignored()) == 0)
        fprintf(stderr, "%s\n", line.data);
}

static void
show_json(const char *kind, const struct progress *p, const char *text)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "event", kind);
    if (text) {
        jsout_put_text(obj, "text", text);
    } else {
        jsout_put_text(obj, "phase", p->phase);
        jsout_put_text(obj, "unit", p->unit == EVENT_BYTES ? "bytes" : "items");
        jsout_put_u64(obj, "done", p->done);
        jsout_put_u64(obj, "total", p->total);
    }
    write_json(obj);
}

/* A line of progress in place of the one before it. */
static void
put_line(struct progress *p, const char *line)
{
    if (p->mode == PROGRESS_TTY) {
        fprintf(stderr, "\r%s\033[K", line);
        p->line_open = true;
    } else {
        fprintf(stderr, "%s\n", line);
    }
}

/* Show the state of the phase when it is time, or when it must be said. */
static void
show_phase(struct progress *p, bool now_or_never)
{
    uint64_t now = clock_ms();
    char line[256];

    if (p->mode == PROGRESS_NONE || p->phase[0] == '\0' ||
        (!now_or_never && now - p->shown < (p->mode == PROGRESS_TTY ? TTY_MS : PLAIN_MS)))
        return;
    p->shown = now;
    if (p->mode == PROGRESS_JSON) {
        show_json("progress", p, NULL);
        return;
    }
    format_line(p, now, line, sizeof(line));
    put_line(p, line);
}

static void
show_wait_json(const struct event *event)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "event", "waiting");
    jsout_put_text(obj, "host", event->text);
    jsout_put_u64(obj, "seconds", event->count);
    write_json(obj);
}

/* "waiting for quay.io, 45 s" */
static void
show_wait(struct progress *p, const struct event *event)
{
    uint64_t now = clock_ms();
    char line[320];

    if (p->mode == PROGRESS_NONE || now - p->moved < IDLE_MS ||
        (p->mode != PROGRESS_TTY && now - p->shown < patience.log_ms))
        return;
    p->shown = now;
    if (p->mode == PROGRESS_JSON) {
        show_wait_json(event);
        return;
    }
    snprintf(line, sizeof(line), "waiting for %s, %" PRIu64 " s", event->text,
             event->count);
    put_line(p, line);
}

static void
begin_phase(struct progress *p, const struct event *event)
{
    clear_line(p);
    snprintf(p->phase, sizeof(p->phase), "%s", event->text);
    p->unit = event->unit;
    p->total = event->count;
    p->done = 0;
    p->began = clock_ms();
    p->shown = p->moved = p->began;
    if (p->mode == PROGRESS_TTY || p->mode == PROGRESS_JSON)
        show_phase(p, true);
    else if (p->mode == PROGRESS_PLAIN)
        fprintf(stderr, "%s\n", p->phase);
}

static void
show_debug(struct progress *p, const char *text)
{
    if (!p->verbose)
        return;
    clear_line(p);
    if (p->mode == PROGRESS_JSON)
        show_json("debug", p, text);
    else
        fprintf(stderr, "sealift: %s: %s\n", p->command, text);
}

static void
show_warning(struct progress *p, const char *text, const char *hint)
{
    struct jsout *obj;

    clear_line(p);
    if (p->mode == PROGRESS_JSON) {
        obj = jsout_object();
        jsout_put_text(obj, "event", "warning");
        jsout_put_text(obj, "text", text);
        if (hint[0] != '\0')
            jsout_put_text(obj, "hint", hint);
        write_json(obj);
        return;
    }
    fprintf(stderr, "sealift: %s: warning: %s\n", p->command, text);
    if (hint[0] != '\0')
        fprintf(stderr, "hint: %s\n", hint);
}

void
progress_warn(struct progress *p, const char *text, const char *hint)
{
    pthread_mutex_lock(&p->lock);
    show_warning(p, text, hint);
    pthread_mutex_unlock(&p->lock);
}

void
progress_emit(void *ctx, const struct event *event)
{
    struct progress *p = ctx;

    pthread_mutex_lock(&p->lock);
    switch (event->kind) {
    case EVENT_DEBUG:
        show_debug(p, event->text);
        break;
    case EVENT_WARNING:
        show_warning(p, event->text, "");
        break;
    case EVENT_PHASE:
        begin_phase(p, event);
        break;
    case EVENT_DONE:
        p->done += event->count;
        p->moved = clock_ms();
        show_phase(p, false);
        break;
    case EVENT_WAITING:
        show_wait(p, event);
        break;
    case EVENT_UNDONE:
        p->done -= event->count < p->done ? event->count : p->done;
        break;
    }
    pthread_mutex_unlock(&p->lock);
}

void
progress_finish(struct progress *p)
{
    pthread_mutex_lock(&p->lock);
    clear_line(p);
    if (p->mode == PROGRESS_JSON)
        show_phase(p, true);
    p->phase[0] = '\0';
    pthread_mutex_unlock(&p->lock);
}
