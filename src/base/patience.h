/* SPDX-License-Identifier: Apache-2.0 */
/* patience.h - all network timeouts, in one table.
 *
 * docs/reliability.md explains the values.  Tests that cannot wait for minutes link a
 * table of their own; nothing changes this one at run time.
 *
 * Layer: base.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdint.h>

struct patience {
    uint64_t connect_ms; /* name lookup, TCP and TLS together */
    uint64_t local_ms;   /* the same for a loopback port that may not speak TLS */
    uint64_t stall_ms;   /* no bytes move, while a body is sent or an answer received */
    uint64_t answer_ms; /* from the end of a request to the end of the answer's headers */
    uint64_t store_ms;  /* as answer_ms, for the bytes of a blob and for its commit */
    uint64_t store_mib; /* this many MiB of a blob add one second to store_ms */
    uint64_t
        slowest; /* bytes per second: an answer slower than this for stall_ms is stalled;
                    it also bounds the total time of all transfers of one object */
    uint64_t grace_ms;    /* added to that total */
    uint64_t parting_ms;  /* a last request before the program exits */
    uint64_t warnings_ms; /* a wait is shown from here on */
    unsigned helper_s;    /* for a credential helper */
};

extern const struct patience patience;

#endif
