/* SPDX-License-Identifier: Apache-2.0 */
/* retry.h - when and how often a failed operation is retried.
 *
 * Only consecutive failures without progress count: any progress resets the count.  A
 * rate limit delays all workers, see throttle.h; it does not count while the server
 * serves others.
 *
 * Layer: registry.
 * Source: RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef REGISTRY_CONNECTION_RETRY_H
#define REGISTRY_CONNECTION_RETRY_H

#include "registry/connection/client_state.h"

/* Consecutive failures of one operation without progress. */
struct retry {
    const char *what; /* for the log: without query and secrets */
    unsigned failures;
    uint64_t served; /* host->served at the last failure */
};

#define RETRY_INIT(name)                                                                 \
    {                                                                                    \
        .what = (name), .failures = 0                                                    \
    }

/* Reset after progress. */
void retry_forget(struct retry *retry);

/* Whether waiting may help after a failure: only for ERR_NETWORK without a reason. */
bool retry_is_useful(const struct err *err);

/*
 * Wait before the next try for s->host, longer each time, and log it.
 * Returns: 0 with *err cleared, or -1 with *err kept when a retry is useless, all retries
 *          are used (client_config.retries), no time is left (allowance.h), or the server
 *          requires a wait of more than THROTTLE_WAIT_MAX_S; with cancel_error() when
 *          work should stop.
 */
MUST_USE int retry_wait(struct session *s, struct retry *retry, struct err *err);

#endif
