/* SPDX-License-Identifier: Apache-2.0 */
/* patience.h - the one table of how long the network is waited for.
 *
 * docs/reliability.md explains the values.  Tests that cannot wait for minutes link a
 * table of their own: nothing at run time changes this one.
 *
 * Layer: base.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdint.h>

struct patience {
    uint64_t connect_ms; /* name lookup, TCP and TLS together */
    uint64_t stall_ms;   /* nothing moves, while a body is sent or an answer comes in */
    uint64_t answer_ms; /* from the end of a request to the end of the answer's headers */
    uint64_t store_ms;  /* the same for the bytes of a blob and for its commit */
    uint64_t store_mib; /* each so many MiB of the blob add a second to that */
    uint64_t slowest;   /* bytes a second: an answer that is slower for stall_ms is stuck,
                           and all transfers of one thing are allowed that in all */
    uint64_t grace_ms;  /* ... and this besides */
    uint64_t parting_ms;  /* a last request before the end */
    uint64_t warnings_ms; /* a wait is shown from here on */
    unsigned helper_s;    /* a credential helper */
};

extern const struct patience patience;

#endif
