/* SPDX-License-Identifier: Apache-2.0 */
/* upload_send.h - send the bytes of a blob and commit them.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_SEND_H
#define REGISTRY_UPLOAD_UPLOAD_SEND_H

#include "registry/upload/upload.h"

/*
 * Send all missing bytes with the methods this registry supports, and commit; opens a
 * session when there is none.  On failure up->remedy is what may help.
 */
MUST_USE int upload_send(struct upload *up, struct err *err);

/* Whether the registry has it now.  1, 0, -1. */
int upload_is_there(struct upload *up, struct err *err);

#endif
