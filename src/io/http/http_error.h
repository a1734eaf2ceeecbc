/* SPDX-License-Identifier: Apache-2.0 */
/* http_error.h - why an HTTP exchange failed, in our words.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_ERROR_H
#define IO_HTTP_HTTP_ERROR_H

#include "io/http/http_transfer.h"

/* What it means.  Always -1. */
int transfer_error(const struct transfer_failure *failure, struct err *err);

/* The same for a wait that was given up. */
int transfer_wait_error(const struct transfer *f, struct err *err);

#endif
