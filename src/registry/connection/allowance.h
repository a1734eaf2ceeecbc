/* SPDX-License-Identifier: Apache-2.0 */
/* allowance.h - the time that all requests for one thing may take together.
 *
 * A blob, a document, a list or an upload is allowed ten minutes and a second for each
 * KiB: whatever a server does, each of them ends.  Pauses between requests do not count.
 * Allowances nest: within a blob's upload, the question whether it is there has its own.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_CONNECTION_ALLOWANCE_H
#define REGISTRY_CONNECTION_ALLOWANCE_H

#include "registry/connection/client.h"

/* For that many bytes, in milliseconds; more where the user wants it slow. */
uint64_t allowance_ms(uint64_t size, const struct client_config *config);

/* Of the piece of work that a session is at. */
struct allowance {
    struct session *session;
    struct allowance *outer; /* the work that it is a part of */
    uint64_t began;          /* clock_ms() */
    uint64_t paused_ms;      /* of the session, then */
    uint64_t allowed_ms;
};

#define ALLOWANCE_INIT                                                                   \
    {                                                                                    \
        .session = NULL                                                                  \
    }

void allowance_begin(struct allowance *a, struct session *s, uint64_t allowed_ms);
void allowance_end(struct allowance *a); /* fine for one that did not begin */

/* What is left of the tightest one, UINT64_MAX where there is none. */
uint64_t allowance_left_ms(const struct session *s);

/* When nothing is left: *err, which says what happened last, says so too.  Always -1. */
int allowance_error(const struct session *s, struct err *err);

#endif
