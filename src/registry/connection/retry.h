/* SPDX-License-Identifier: Apache-2.0 */
/* retry.h - how often and how soon a failed piece of work is tried again.
 *
 * What counts is lack of progress: whoever gets further, however little, starts counting
 * anew.  A server that asks to wait is waited for by all workers, see throttle.h; that it
 * asks does not count while it serves others.
 *
 * Layer:  registry.
 * Source: RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef REGISTRY_CONNECTION_RETRY_H
#define REGISTRY_CONNECTION_RETRY_H

#include "registry/connection/client_internal.h"

/* Failures of one piece of work, in a row without progress. */
struct retry {
    const char *what; /* for the log: no query, no secret */
    unsigned failures;
    uint64_t served; /* host->served at the last of them */
};

#define RETRY_INIT(name)                                                                 \
    {                                                                                    \
        .what = (name), .failures = 0                                                    \
    }

/* It got further. */
void retry_forget(struct retry *retry);

/* After a failure: may waiting help?  Only ERR_NETWORK without a reason word. */
bool retry_is_useful(const struct err *err);

/*
 * Wait before the next try of what s->host failed at: longer each time.  Says so in the
 * log.
 * Returns: 0 with *err cleared, or -1 with *err kept when trying again is useless, was
 *          done enough (client_config.retries), no time is left for it (allowance.h), or
 *          the server asks to wait longer than THROTTLE_WAIT_MAX_S; with cancel_error()
 * when work should stop.
 */
MUST_USE int retry_wait(struct session *s, struct retry *retry, struct err *err);

#endif
