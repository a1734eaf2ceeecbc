/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - what happens, on stderr: one line redrawn on a terminal, plain lines in a
 * log, JSON lines for a program.  Where nothing is done for a while it says which server
 * is waited for.
 *
 * Layer: cli.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/err.h"
#include "base/events.h"

#include <pthread.h>
#include <stdbool.h>

enum progress_mode { PROGRESS_NONE, PROGRESS_PLAIN, PROGRESS_TTY, PROGRESS_JSON };

struct progress {
    enum progress_mode mode;
    bool verbose;
    const char *command;
    pthread_mutex_t lock; /* guards all below and stderr */
    char phase[64];
    enum event_unit unit;
    uint64_t total, done;  /* bytes or items of the phase; total 0: unknown */
    uint64_t began, shown; /* clock_ms() of the phase, of the last line */
    uint64_t moved;        /* clock_ms() when something was last done */
    bool line_open;        /* the terminal's cursor stands behind a progress line */
};

/*
 * mode: "auto" (or NULL), "tty", "plain", "json" or "none".
 * Errors: ERR_USAGE.
 */
MUST_USE int progress_init(struct progress *p, const char *mode, bool quiet, bool verbose,
                           const char *command, struct err *err);

/* For struct events. */
void progress_emit(void *progress, const struct event *event);

/* The same of a warning, and what to do about it; hint "": nothing is known. */
void progress_warn(struct progress *p, const char *text, const char *hint);

/* Leave the terminal clean for what is printed next. */
void progress_finish(struct progress *p);

#endif
