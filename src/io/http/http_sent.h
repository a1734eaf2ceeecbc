/* SPDX-License-Identifier: Apache-2.0 */
/* http_sent.h - hide secrets that were sent.
 *
 * Layer: io.
 */
#ifndef IO_HTTP_HTTP_SENT_H
#define IO_HTTP_HTTP_SENT_H

#include "io/http/http_message.h"

/* Hide all secrets that a request sends to its server or proxy in all messages from now
 * on: both may repeat them. */
void transfer_hide_secrets(const struct http_request *request, const char *proxy);

#endif
