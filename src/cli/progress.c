/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/progress.h"

#include "base/clock.h"
#include "base/text.h"
#include "cli/print_result.h"
#include "cli/terminal.h"
#include "io/json/json.h"
#include "io/json/json_write.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TTY_MS = 100,             /* between two lines */
    IDLE_MS = 1000,           /* idle time after which the wait is shown */
    RATE_MS = 500,            /* a phase has a speed after so long */
    LEFT_MS = 5000,           /* and time left after so long */
    MARK_MS = 10 * 1000,      /* speed is that of the last one or two of these */
    LEFT_MAX = 100 * 60 * 60, /* seconds: more is not worth a number */
};

int
progress_init(struct progress *p, const char *mode, uint64_t seconds, bool quiet,
              bool verbose, const char *command, struct err *err)
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

    *p = (struct progress){.quiet = quiet, .verbose = verbose, .command = command};
    pthread_mutex_init(&p->lock, NULL);
    p->colour = terminal_has_colour(STDERR_FILENO);
    if (!mode || strcmp(mode, "auto") == 0) {
        p->mode = isatty(STDERR_FILENO) == 1 ? PROGRESS_TTY : PROGRESS_PLAIN;
    } else {
        while (i < COUNT_OF(modes) && strcmp(modes[i].name, mode) != 0)
            i++;
        if (i == COUNT_OF(modes))
            return err_set(err, ERR_USAGE,
                           "--progress must be one of auto, tty, plain, json, none");
        p->mode = modes[i].mode;
    }
    if (quiet)
        p->mode = PROGRESS_NONE;
    p->interval = p->mode == PROGRESS_TTY ? TTY_MS : seconds * 1000;
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

/* Bytes or items per second, lately; 0: nothing moved. */
static uint64_t
speed_of(const struct progress *p, uint64_t now)
{
    const struct progress_mark *since = &p->marks[0];

    return now > since->at && p->done > since->done
               ? (uint64_t)((double)(p->done - since->done) * 1000 /
                            (double)(now - since->at))
               : 0;
}

static void
mark(struct progress *p, uint64_t now)
{
    if (now - p->marks[1].at < MARK_MS)
        return;
    p->marks[0] = p->marks[1];
    p->marks[1] = (struct progress_mark){now, p->done};
}

/* Append a part of a line unless it would not fit. */
static void PRINTF(4, 5)
    add_part(char *out, size_t size, size_t columns, const char *fmt, ...)
{
    size_t used = strlen(out), room = columns < size ? columns + 1 : size;
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = used < room ? vsnprintf(out + used, room - used, fmt, ap) : 0;
    va_end(ap);
    if (len < 0 || used + (size_t)len >= room)
        out[used] = '\0';
}

static void
add_time_left(const struct progress *p, uint64_t now, uint64_t speed, size_t columns,
              char *out, size_t size)
{
    uint64_t left = speed > 0 && p->total > p->done ? (p->total - p->done) / speed : 0;

    if (now - p->began < LEFT_MS || left == 0 || left > LEFT_MAX)
        return;
    if (left < 3600)
        add_part(out, size, columns, ", %u:%02u left", (unsigned)left / 60,
                 (unsigned)left % 60);
    else
        add_part(out, size, columns, ", %u:%02u:%02u left", (unsigned)left / 3600,
                 (unsigned)left / 60 % 60, (unsigned)left % 60);
}

void
progress_line(const struct progress *p, uint64_t now, size_t columns, char *out,
              size_t size)
{
    char done[TEXT_HUMAN_MAX], total[TEXT_HUMAN_MAX], rate[TEXT_HUMAN_MAX];
    uint64_t speed = speed_of(p, now);

    amount(p, done, p->done);
    amount(p, total, p->total);
    snprintf(out, columns < size ? columns + 1 : size, "%s", p->phase);
    if (p->total > 0 || p->done > 0)
        add_part(out, size, columns, ": %s", done);
    if (p->total > 0) {
        add_part(out, size, columns, " of %s", total);
        add_part(out, size, columns, " (%u%%)",
                 p->done >= p->total
                     ? 100
                     : (unsigned)((double)p->done * 100 / (double)p->total));
    }
    if (p->unit != EVENT_BYTES)
        return;
    if (now - p->began >= RATE_MS && speed > 0)
        add_part(out, size, columns, ", %s/s", text_human(rate, speed));
    add_time_left(p, now, speed, columns, out, size);
}

/* Columns of the terminal, minus the last one, where some terminals wrap. */
static size_t
line_columns(const struct progress *p)
{
    size_t columns = terminal_columns(STDERR_FILENO);

    if (p->mode != PROGRESS_TTY)
        return PROGRESS_LINE_MAX;
    return (columns > 0 ? columns : TERMINAL_COLUMNS_USUAL) - 1;
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

/* Replace the line of progress. */
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

/* Show the state of the phase when it is due, or when it must be shown. */
static void
show_phase(struct progress *p, bool now_or_never)
{
    uint64_t now = clock_ms();
    char line[PROGRESS_LINE_MAX];

    if (p->mode == PROGRESS_NONE || p->phase[0] == '\0' ||
        (!now_or_never && now - p->shown < p->interval))
        return;
    mark(p, now);
    p->shown = now;
    if (p->mode == PROGRESS_JSON) {
        show_json("progress", p, NULL);
        return;
    }
    progress_line(p, now, line_columns(p), line, sizeof(line));
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
    char line[PROGRESS_LINE_MAX] = "";

    if (p->mode == PROGRESS_NONE || now - p->moved < IDLE_MS ||
        (p->mode != PROGRESS_TTY && now - p->shown < p->interval))
        return;
    p->shown = now;
    if (p->mode == PROGRESS_JSON) {
        show_wait_json(event);
        return;
    }
    add_part(line, sizeof(line), line_columns(p), "waiting for %s", event->text);
    if (line[0] == '\0')
        add_part(line, sizeof(line), line_columns(p), "waiting");
    add_part(line, sizeof(line), line_columns(p), ", %" PRIu64 " s", event->count);
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
    p->marks[0] = p->marks[1] = (struct progress_mark){p->began, 0};
    if (p->mode == PROGRESS_TTY || p->mode == PROGRESS_JSON)
        show_phase(p, true);
    else if (p->mode == PROGRESS_PLAIN)
        fprintf(stderr, "%s\n", p->phase);
}

/* A line of text, as an event of that name. */
static void
show_text(struct progress *p, const char *name, const char *text)
{
    clear_line(p);
    if (p->mode == PROGRESS_JSON)
        show_json(name, p, text);
    else
        fprintf(stderr, "sealift: %s: %s\n", p->command, text);
}

static void
show_notice(struct progress *p, enum event_kind kind, const char *text, const char *hint)
{
    bool is_warning = kind == EVENT_WARNING;
    struct jsout *obj;

    clear_line(p);
    if (p->mode == PROGRESS_JSON) {
        obj = jsout_object();
        jsout_put_text(obj, "event", is_warning ? "warning" : "error");
        jsout_put_text(obj, "text", text);
        if (hint[0] != '\0')
            jsout_put_text(obj, "hint", hint);
        write_json(obj);
        return;
    }
    fprintf(stderr, "sealift: %s: %s%s\n", p->command,
            !is_warning ? ""
            : p->colour ? "\033[33mwarning:\033[0m "
                        : "warning: ",
            text);
    if (hint[0] != '\0')
        fprintf(stderr, "hint: %s\n", hint);
}

void
progress_notice(struct progress *p, enum event_kind kind, const char *text,
                const char *hint)
{
    pthread_mutex_lock(&p->lock);
    show_notice(p, kind, text, hint);
    pthread_mutex_unlock(&p->lock);
}

void
progress_emit(void *ctx, const struct event *event)
{
    struct progress *p = ctx;

    pthread_mutex_lock(&p->lock);
    switch (event->kind) {
    case EVENT_DEBUG:
        if (p->verbose)
            show_text(p, "debug", event->text);
        break;
    case EVENT_NOTE:
        if (!p->quiet)
            show_text(p, "note", event->text);
        break;
    case EVENT_WARNING:
    case EVENT_ERROR:
        show_notice(p, event->kind, event->text, "");
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

void
progress_summary(const char *command, const struct err *failure)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "event", "summary");
    jsout_put_text(obj, "command", command);
    result_put_outcome(obj, failure);
    write_json(obj);
}
