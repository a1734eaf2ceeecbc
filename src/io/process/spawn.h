/* SPDX-License-Identifier: Apache-2.0 */
/* spawn.h - run another program, without a shell, and read its output.
 *
 * Layer: io.
 */
#ifndef IO_PROCESS_SPAWN_H
#define IO_PROCESS_SPAWN_H

#include "base/buf.h"
#include "base/cancel.h"

#include <stdint.h>

#define SPAWN_INPUT_MAX 4096 /* bytes: the capacity that any pipe has */

struct spawn {
    const char *const *argv; /* ends with NULL; the first is looked up in $PATH */
    const char *input;       /* its standard input, at most SPAWN_INPUT_MAX bytes */
    unsigned patience_s;     /* its maximum run time */
    struct cancel *cancel;
};

/*
 * Run it until it exits.  Its standard output goes to out, whose maximum applies and
 * whose memory never moves, so that it can be wiped; standard error is discarded. It
 * inherits no other descriptor, and the environment without SEALIFT_* and
 * COSIGN_PASSWORD. A program that exceeds a limit is killed with its whole process group.
 *
 * Returns: its exit status, 128 + n when it was killed by signal n; or -1.
 * Errors:  ERR_NOT_FOUND - no such program; ERR_LIMIT - more output than out may hold;
 *          ERR_LOCAL - it cannot be started, or took too long; ERR_SIGNAL and
 *          placeholders of cancel.h.
 */
MUST_USE int spawn_run(const struct spawn *what, struct buf *out, struct err *err);

#endif
