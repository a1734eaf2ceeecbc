/* SPDX-License-Identifier: Apache-2.0 */
/* http_error.h - the error of a failed HTTP exchange.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_ERROR_H
#define IO_HTTP_HTTP_ERROR_H

#include "io/http/http_transfer.h"

/* A failure of the library. */
struct transfer_failure {
    CURLcode code;
    const char *why; /* its message, "" when it has none */
    long os_error;   /* errno of a failed connection attempt, or 0 */
    const struct http_origin *to;
    const char *proxy; /* its URL, or NULL */
    bool is_named;     /* as in struct http_config */
    const struct http_tls *tls;
};

/* Set the error for a failure of the library.  Always -1. */
int transfer_error(const struct transfer_failure *failure, struct err *err);

/* Set the error for a wait that was abandoned. */
int transfer_wait_error(const struct transfer *f, struct err *err);

#endif
