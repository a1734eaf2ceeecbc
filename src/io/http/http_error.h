/* SPDX-License-Identifier: Apache-2.0 */
/* http_error.h - the error of a failed HTTP exchange.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_ERROR_H
#define IO_HTTP_HTTP_ERROR_H

#include "io/http/http_transfer.h"

/* Set the error for a failure of the library.  Always -1. */
int transfer_error(const struct transfer_failure *failure, struct err *err);

/* Set the error for a wait that was abandoned. */
int transfer_wait_error(const struct transfer *f, struct err *err);

#endif
