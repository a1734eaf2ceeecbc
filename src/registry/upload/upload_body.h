/* SPDX-License-Identifier: Apache-2.0 */
/* upload_body.h - the body of an upload, hashed while it is sent.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_UPLOAD_BODY_H
#define REGISTRY_UPLOAD_UPLOAD_BODY_H

#include "registry/upload/upload.h"

/* Check that the source is the blob, reading what was not read yet.  Errors:
 * ERR_INTEGRITY. */
MUST_USE int upload_check_digest(struct upload *up, struct err *err);

/* Bytes of the blob, hashed as they go; the last one only when all were right. */
struct byte_source upload_body(struct upload *up, uint64_t from, uint64_t len);

#endif
