/* SPDX-License-Identifier: Apache-2.0 */
/* http_transfer.h - an exchange in progress: http.c sets it up, http_transfer.c receives.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_TRANSFER_H
#define IO_HTTP_HTTP_TRANSFER_H

#include "base/rate.h"
#include "base/run.h"
#include "io/http/http_message.h"
#include "io/http/http_wait.h"

#include <curl/curl.h>

/* An exchange in progress: the state shared by the callbacks. */
struct transfer {
    const struct http_request *request;
    struct http_response *response;
    struct run *run;
    struct rate *rate; /* or NULL */
    const struct http_origin *to;
    uint64_t began;    /* clock_ms() */
    uint64_t deadline; /* clock_ms() at which it is abandoned, 0: none */
    uint64_t own_ms;   /* time spent in the callbacks below */
    struct http_wait wait;
    enum http_verdict verdict; /* HTTP_WAIT unless it was abandoned */
    struct err *err;
    uint64_t offset; /* of the source */
    bool head_done;  /* the headers of the final response are complete */
    bool begun;      /* sink->begin was called */
    bool failed;     /* a callback set *err */
    bool cut;        /* enough of an error body was read */
};

/* The library's callbacks; arg is the struct transfer. */
size_t transfer_header(char *line, size_t one, size_t len, void *arg);
size_t transfer_body(char *bytes, size_t one, size_t len, void *arg);
size_t transfer_send(char *out, size_t one, size_t len, void *arg);
int transfer_seek(void *arg, curl_off_t offset, int origin);

/* Run the exchange.  CURLE_ABORTED_BY_CALLBACK when work should stop;
 * CURLE_OPERATION_TIMEDOUT with a verdict when it takes too long. */
CURLcode transfer_perform(struct transfer *f, CURLM *multi, CURL *easy);

/* Call the sink's begin, once.  Allowed without a sink. */
MUST_USE int transfer_begin(struct transfer *f);

#endif
