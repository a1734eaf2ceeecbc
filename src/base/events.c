/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/events.h"

#include "base/text.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_ = 1024 }; /* bytes of one line of text */

static void
deliver_event(const struct events *to, const struct event *event)
{
    if (to->emit)
        to->emit(to->ctx, event);
}

static void PRINTF(4, 0) emit_text(const struct events *to, enum event_kind kind,
                                   enum err_reason reason, const char *fmt, va_list ap)
{
    char raw[LINE_MAX_], line[LINE_MAX_];
    struct event event = {.kind = kind, .text = line, .reason = reason};

    vsnprintf(raw, sizeof(raw), fmt, ap);
    text_line(line, sizeof(line), raw, strlen(raw)); /* file names may contain any byte */
    deliver_event(to, &event);
}

void
events_debug(const struct events *to, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit_text(to, EVENT_DEBUG, REASON_NONE, fmt, ap);
    va_end(ap);
}

void
events_warning(const struct events *to, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit_text(to, EVENT_WARNING, REASON_NONE, fmt, ap);
    va_end(ap);
}

void
events_note(const struct events *to, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit_text(to, EVENT_NOTE, REASON_NONE, fmt, ap);
    va_end(ap);
}

void
events_warning_because(const struct events *to, enum err_reason reason, const char *fmt,
                       ...)
{
    va_list ap;

    va_start(ap, fmt);
    emit_text(to, EVENT_WARNING, reason, fmt, ap);
    va_end(ap);
}

void
events_error(const struct events *to, const struct err *error, bool shares_hint)
{
    deliver_event(to, &(struct event){.kind = EVENT_ERROR,
                                      .text = error->msg,
                                      .error = error,
                                      .shares_hint = shares_hint});
}

void
events_phase(const struct events *to, const char *text, uint64_t count,
             enum event_unit unit)
{
    deliver_event(
        to,
        &(struct event){.kind = EVENT_PHASE, .text = text, .count = count, .unit = unit});
}

void
events_done(const struct events *to, uint64_t count)
{
    deliver_event(to, &(struct event){.kind = EVENT_DONE, .count = count});
}

void
events_undone(const struct events *to, uint64_t count)
{
    deliver_event(to, &(struct event){.kind = EVENT_UNDONE, .count = count});
}

void
events_waiting(const struct events *to, const char *server, uint64_t seconds)
{
    deliver_event(
        to, &(struct event){.kind = EVENT_WAITING, .text = server, .count = seconds});
}
