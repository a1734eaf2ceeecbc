/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - what was accepted last of each series, so that nothing older comes back.
 *
 * One file a stream, STREAM.json; replaced as a whole, and locked by STREAM.lock while an
 * import of that stream runs.  The names of streams hold no slash and no upper case, and
 * each kind of file has its own ending: no two streams share a file, whatever their names
 * begin or end with.
 *
 * Layer:  trust.
 * Source: docs/trust.md, "What is remembered".
 */
#ifndef TRUST_STATE_H
#define TRUST_STATE_H

#include "base/digest.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_FILE_MAX   4096 /* bytes */
#define STATE_STREAM_MAX 64   /* characters */

struct trust_last {
    char stream[STATE_STREAM_MAX + 1];
    uint64_t epoch; /* of the policy's rule at that time */
    uint64_t serial;
    struct digest index; /* of index.json */
    uint64_t created;    /* epoch seconds, as the bundle says */
    uint64_t floor;      /* it was not earlier at that import: see trusted_time.h */
    uint64_t imported;   /* epoch seconds of the clock then */
    uint64_t missing;    /* things that were not in it, of an incomplete one */
    bool is_partial;     /* some of its images could not be pushed */
};

/*
 * Parse what state_write() wrote, and nothing else.
 * Errors: ERR_USAGE.
 */
MUST_USE int state_parse(struct trust_last *out, const char *text, size_t len,
                         struct err *err);

/*
 * Hold a stream until *fd is closed; makes the folder when it is missing.
 * Errors: ERR_CONFLICT - another run holds it; ERR_LOCAL.
 */
MUST_USE int state_lock(const char *dir, const char *stream, int *fd, struct err *err);

/* Remember; the old file stays whole until the new one is on disk. */
MUST_USE int state_write(const char *dir, const struct trust_last *last, struct err *err);

/*
 * What is remembered of one stream; no other file is looked at.
 * Returns: 1 and *out, 0 when nothing is, -1.
 * Errors: ERR_TRUST "state" - the file is damaged; ERR_USAGE - others may write there;
 *         ERR_LOCAL.
 */
int state_read(const char *dir, const char *stream, struct trust_last *out,
               struct err *err);

/* A file that cannot be used, and why.  Owned. */
struct state_damage {
    char *path, *why;
};

struct state_list {
    struct trust_last *streams; /* sorted by name */
    size_t count;
    struct state_damage *damaged;
    size_t damaged_count;
};

#define STATE_LIST_INIT                                                                  \
    {                                                                                    \
        .streams = NULL                                                                  \
    }

/*
 * All streams; none when there is no folder.  A file that cannot be used does not hide
 * the others.
 * Errors: ERR_USAGE - others may write to the folder; ERR_LOCAL; ERR_LIMIT.
 */
MUST_USE int state_list(const char *dir, struct state_list *out, struct err *err);
void state_list_release(struct state_list *list);

#endif
