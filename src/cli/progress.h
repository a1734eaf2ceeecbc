/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - what happens, on stderr: one line redrawn on a terminal, plain lines in a
 * log, JSON lines for a program.  While nothing moves, it shows which server is waited
 * for.
 *
 * A log gets a line every five seconds, or another number of them; with 0 every change is
 * a line.
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

#define PROGRESS_LINE_MAX    320 /* bytes of a line */
#define PROGRESS_SECONDS     5   /* between two lines in a log, by default */
#define PROGRESS_SECONDS_MAX 3600

/* How much of a phase was done at some moment. */
struct progress_mark {
    uint64_t at, done; /* clock_ms(), bytes or items */
};

struct progress {
    enum progress_mode mode;
    bool quiet, verbose;
    bool colour; /* of the word "warning" */
    const char *command;
    uint64_t interval;    /* ms between two lines */
    pthread_mutex_t lock; /* guards all members below and stderr */
    char phase[64];
    enum event_unit unit;
    uint64_t total, done;          /* bytes or items of the phase; total 0: unknown */
    uint64_t began, shown;         /* clock_ms() of the phase, of the last line */
    uint64_t moved;                /* clock_ms() of the last progress */
    struct progress_mark marks[2]; /* older, newer: speed is measured since the older */
    bool line_open;                /* the cursor is after a progress line */
};

/*
 * mode: "auto" (or NULL), "tty", "plain", "json" or "none".
 * Errors: ERR_USAGE - mode is something else.
 */
MUST_USE int progress_init(struct progress *p, const char *mode, uint64_t seconds,
                           bool quiet, bool verbose, const char *command,
                           struct err *err);

/* For struct events. */
void progress_emit(void *progress, const struct event *event);

/* A warning or an error, and what to do about it; hint "": nothing is known. */
void progress_notice(struct progress *p, enum event_kind kind, const char *text,
                     const char *hint);

/*
 * "fetching: 1.2 GiB of 4.0 GiB (30%), 310.5 MiB/s, 0:09 left", cut to `columns`.  The
 * time left is shown after some seconds of progress, while it continues.
 */
void progress_line(const struct progress *p, uint64_t now, size_t columns, char *out,
                   size_t size);

/* End the progress line, before other output. */
void progress_finish(struct progress *p);

/* The last line for a program: how the run ended.  failure: NULL on success. */
void progress_summary(const char *command, const struct err *failure);

#endif
