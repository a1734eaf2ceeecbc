/* SPDX-License-Identifier: Apache-2.0 */
/* http_wait.h - what an exchange waits for, and for how long.
 *
 * Reads no clock and knows no library: time and counters come with every look.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_WAIT_H
#define IO_HTTP_HTTP_WAIT_H

#include <stdbool.h>
#include <stdint.h>

/* An exchange at one moment. */
struct http_view {
    uint64_t ms;             /* since it began, without the time of our own callbacks */
    uint64_t sent, received; /* bytes of the bodies */
    bool is_connected;
    bool all_sent; /* the request, with its body */
    bool has_head; /* all headers of the answer came */
};

enum http_verdict {
    HTTP_WAIT,
    HTTP_STALLED, /* nothing moved for patience.stall_ms */
    HTTP_SLOW,    /* for that time it was slower than patience.slowest */
    HTTP_SILENT,  /* no answer to a whole request in time */
    HTTP_OVERDUE, /* the time of the whole exchange is over: no verdict of a look */
};

/* Zeroed but for answer_ms: about to connect. */
struct http_wait {
    uint64_t answer_ms;
    enum http_step { HTTP_CONNECTS, HTTP_SENDS, HTTP_ASKED, HTTP_RECEIVES } step;
    uint64_t since; /* ms of the last movement, or of the step if that is later */
    uint64_t sent, received; /* then */
    uint64_t window, before; /* ms and bytes received when the speed was last measured */
    uint64_t noticed;        /* seconds of the last notice of this wait */
};

/* Look at it; often, but any interval will do.  The library times the connecting. */
enum http_verdict http_wait_look(struct http_wait *w, const struct http_view *v);

/* Seconds that it has been waiting for, when those are worth a notice now; else 0. */
uint64_t http_wait_notice(struct http_wait *w, uint64_t ms);

#endif
