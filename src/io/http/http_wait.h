/* SPDX-License-Identifier: Apache-2.0 */
/* http_wait.h - the timeouts of an exchange, phase by phase.
 *
 * Independent of the clock and the library: time and counters are passed to each check.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_WAIT_H
#define IO_HTTP_HTTP_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* The state of an exchange at one moment. */
struct http_view {
    uint64_t ms;             /* since it began, without the time in our own callbacks */
    uint64_t sent, received; /* bytes of the bodies */
    bool is_connected;
    bool all_sent; /* the whole request, with its body */
    bool has_head; /* the answer's headers are complete */
};

enum http_verdict {
    HTTP_WAIT,
    HTTP_STALLED, /* no bytes moved for patience.stall_ms */
    HTTP_SLOW,    /* slower than patience.slowest for that time */
    HTTP_SILENT,  /* a complete request was not answered in time */
    HTTP_OVERDUE, /* the maximum duration is over: not returned by a check */
};

/* Zeroed except for answer_ms: about to connect. */
struct http_wait {
    uint64_t answer_ms;
    enum http_step { HTTP_CONNECTS, HTTP_SENDS, HTTP_ASKED, HTTP_RECEIVES } step;
    uint64_t since; /* ms of the last movement, or of the start of the phase if later */
    uint64_t sent, received; /* the counters then */
    uint64_t window, before; /* ms and bytes received when the speed was last measured */
    uint64_t noticed;        /* seconds at the last notice of this wait */
};

/* Check it; to be called often, at any interval.  The library limits the connection
 * time. */
enum http_verdict http_wait_look(struct http_wait *w, const struct http_view *v);

/* Seconds it has been waiting, when a notice is due; else 0. */
uint64_t http_wait_notice(struct http_wait *w, uint64_t ms);

#endif
