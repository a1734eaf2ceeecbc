/* retry.h - how often and how soon a failed piece of work is tried again.
 *
 * Layer:  registry.
 * Source: RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef REGISTRY_RETRY_H
#define REGISTRY_RETRY_H

#include "registry/client_internal.h"

/* Failures of one piece of work, in a row without progress. */
struct retry {
    const char *what; /* for the log: no query, no secret */
    unsigned failures;
};

#define RETRY_INIT(name)                                                                 \
    {                                                                                    \
        .what = (name), .failures = 0                                                    \
    }

/* After a failure: may waiting help?  Only ERR_NETWORK without a reason word. */
bool retry_is_useful(const struct err *err);

/*
 * Wait before the next try; longer each time, or as long as the server asked.  Says so in
 * the log.
 * Returns: 0 with *err cleared, or -1 with *err kept when trying again is useless or was
 *          tried enough (5 times); with cancel_error() when work should stop.
 */
MUST_USE int retry_wait(struct session *s, struct retry *retry, struct err *err);

#endif
