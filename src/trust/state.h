/* SPDX-License-Identifier: Apache-2.0 */
/* state.h - the last accepted bundle of each stream, to detect rollback.
 *
 * One file per stream, STREAM.json; replaced atomically, and locked by STREAM.lock while
 * an import of that stream runs.  Names of streams contain no slash and no upper case,
 * and each kind of file has its own ending, so two streams never share a file.
 *
 * Layer: trust.
 * Source: docs/trust.md, "Recorded state".
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
    uint64_t created;    /* epoch seconds, as stated in the bundle */
    uint64_t floor;      /* earliest possible time at that import: see trusted_time.h */
    uint64_t imported;   /* epoch seconds of the clock at that import */
    uint64_t missing;    /* number of objects missing from an incomplete bundle */
    bool is_partial;     /* some images could not be pushed */
};

/*
 * Parse the output of state_write(); anything else is an error.
 * Errors: ERR_USAGE.
 */
MUST_USE int state_parse(struct trust_last *out, const char *text, size_t len,
                         struct err *err);

/*
 * Lock a stream until *fd is closed; creates the folder when it is missing.
 * Errors: ERR_CONFLICT - locked by another run; ERR_LOCAL.
 */
MUST_USE int state_lock(const char *dir, const char *stream, int *fd, struct err *err);

/* Record the import; the old file remains until the new one is on disk. */
MUST_USE int state_write(const char *dir, const struct trust_last *last, struct err *err);

/*
 * Read the record of one stream, and no other file.
 * Returns: 1 and *out, 0 when there is none, -1.
 * Errors: ERR_TRUST "state" - the file is damaged; ERR_USAGE - writable by others;
 *         ERR_LOCAL.
 */
int state_read(const char *dir, const char *stream, struct trust_last *out,
               struct err *err);

/* An unusable file and the reason.  Owned. */
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
 * All streams; none when the folder does not exist.  An unusable file does not hide the
 * others.
 * Errors: ERR_USAGE - the folder is writable by others; ERR_LOCAL; ERR_LIMIT.
 */
MUST_USE int state_list(const char *dir, struct state_list *out, struct err *err);
void state_list_release(struct state_list *list);

#endif
