/* SPDX-License-Identifier: Apache-2.0 */
/* spawn.h - run another program, without a shell, and take what it says.
 *
 * Layer: io.
 */
#ifndef IO_PROCESS_SPAWN_H
#define IO_PROCESS_SPAWN_H

#include "base/buf.h"
#include "base/cancel.h"

#include <stdint.h>

#define SPAWN_INPUT_MAX 4096 /* bytes: what any pipe takes at once */

struct spawn {
    const char *const *argv; /* ends with NULL; the first is looked up in $PATH */
    const char *input;       /* its standard input, at most SPAWN_INPUT_MAX bytes */
    unsigned patience_s;     /* how long it may take */
    struct cancel *cancel;
};

/*
 * Run it to its end.  What it writes to standard output goes to out, whose maximum bounds
 * it and whose memory never moves, so that it can be wiped; standard error goes nowhere.
 * It inherits no other descriptor, and our environment without SEALIFT_* and
 * COSIGN_PASSWORD.
 * A program that is given up is killed with all of its process group.
 *
 * Returns: its exit status, 128 + n when signal n ended it; or -1.
 * Errors:  ERR_NOT_FOUND - no such program; ERR_LIMIT - it says more than out takes;
 *          ERR_LOCAL - it cannot be started, or took too long; ERR_SIGNAL and
 *          placeholders of cancel.h.
 */
MUST_USE int spawn_run(const struct spawn *what, struct buf *out, struct err *err);

#endif
