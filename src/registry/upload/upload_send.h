/* SPDX-License-Identifier: Apache-2.0 */
/* upload_send.h - send the bytes of a blob and commit them.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_SEND_H
#define REGISTRY_UPLOAD_UPLOAD_SEND_H

#include "registry/upload/upload.h"

/*
 * All that is missing, in the way this registry takes it, and the commit; opens a session
 * when there is none.  On failure up->remedy says what may help.
 */
MUST_USE int upload_send(struct upload *up, struct err *err);

#endif
