/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - how the layers below cli/ report progress and warnings without printing.
 *
 * One receiver per run; emit() may be called concurrently by every worker.
 *
 * Layer: base.
 */
#ifndef BASE_EVENTS_H
#define BASE_EVENTS_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum event_kind {
    EVENT_DEBUG,   /* text: for -v */
    EVENT_WARNING, /* text: always shown, also with -q */
    EVENT_NOTE,    /* text: shown unless -q */
    EVENT_PHASE,   /* text: the phase that begins; count: its bytes or items, 0 unknown */
    EVENT_DONE,    /* count: more bytes or items of the phase are done */
    EVENT_UNDONE,  /* count: finished work that has to be repeated */
    EVENT_WAITING, /* text: the server that is stalled; count: seconds so far */
    EVENT_ERROR,   /* error: one of several failures that end the run, also with -q */
};

struct event {
    enum event_kind kind;
    const char *text; /* one line as of text_line(), valid only during the call */
    uint64_t count;
    enum event_unit { EVENT_BYTES, EVENT_ITEMS } unit; /* of a phase */
    enum err_reason reason; /* of a warning, where scripts and hints need one */
    const struct err *error;
    bool shares_hint; /* the error that ends the run will have its hint */
};

struct events {
    void (*emit)(void *ctx, const struct event *event); /* NULL: events are discarded */
    void *ctx;
    unsigned detail; /* 1: requests are debug messages, 2: their headers, too */
};

void events_debug(const struct events *to, const char *fmt, ...) PRINTF(2, 3);
void events_warning(const struct events *to, const char *fmt, ...) PRINTF(2, 3);
void events_note(const struct events *to, const char *fmt, ...) PRINTF(2, 3);

/* With a reason: what to type about it is found by that, as for errors. */
void events_warning_because(const struct events *to, enum err_reason reason,
                            const char *fmt, ...) PRINTF(3, 4);

/* See err_list.h. */
void events_error(const struct events *to, const struct err *error, bool shares_hint);
void events_phase(const struct events *to, const char *text, uint64_t count,
                  enum event_unit unit);
void events_done(const struct events *to, uint64_t count);
void events_undone(const struct events *to, uint64_t count);
void events_waiting(const struct events *to, const char *server, uint64_t seconds);

#endif
