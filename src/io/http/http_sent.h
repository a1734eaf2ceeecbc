/* SPDX-License-Identifier: Apache-2.0 */
/* http_sent.h -
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_SENT_H
#define IO_HTTP_HTTP_SENT_H

#include "io/http/http_transfer.h"

/* Have everything that a request confides to its server, or to the proxy, hidden in all
 * messages from now on: both may repeat it. */
void transfer_hide_secrets(const struct http_request *request, const char *proxy);

#endif
