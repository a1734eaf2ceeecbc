/* SPDX-License-Identifier: Apache-2.0 */
/* allowance.h - the total time of all requests for one object.
 *
 * A blob, a document, a list or an upload may take ten minutes plus a second for each
 * KiB, so each of them ends whatever a server does.  Pauses between requests do not
 * count. Allowances nest: within a blob's upload, the presence check has its own.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_ALLOWANCE_H
#define REGISTRY_CONNECTION_ALLOWANCE_H

#include "registry/connection/client_config.h"

/* For that many bytes, in milliseconds; more under a rate limit. */
uint64_t allowance_ms(uint64_t size, const struct client_config *config);

/* The allowance of the operation a session performs. */
struct allowance {
    struct session *session;
    struct allowance *outer; /* that of the enclosing operation */
    uint64_t began;          /* clock_ms() */
    uint64_t paused_ms;      /* session->paused_ms at that time */
    uint64_t allowed_ms;
};

#define ALLOWANCE_INIT                                                                   \
    {                                                                                    \
        .session = NULL                                                                  \
    }

void allowance_begin(struct allowance *a, struct session *s, uint64_t allowed_ms);
void allowance_end(struct allowance *a); /* allowed on one that was not started */

/* Time left of the tightest one, UINT64_MAX without one. */
uint64_t allowance_left_ms(const struct session *s);

/* When no time is left: add that to *err, which has the last failure.  Always -1. */
int allowance_error(const struct session *s, struct err *err);

#endif
