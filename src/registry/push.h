/* SPDX-License-Identifier: Apache-2.0 */
/* push.h - upload one blob or one manifest.
 *
 * Errors of all functions: as pull.h; ERR_AUTH - no permission to push.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Push".
 */
#ifndef REGISTRY_PUSH_H
#define REGISTRY_PUSH_H

#include "base/digest.h"
#include "registry/connection/client.h"

#include <stdint.h>

enum push_outcome { PUSH_UPLOADED, PUSH_MOUNTED };

/*
 * Put a manifest under its digest or a tag (reference, text).  The answer must not have
 * another digest.  *is_listed, unless NULL: whether the registry reports that it lists
 * the manifest as a referrer of its subject (OCI-Subject).  After 409 the reference is
 * checked: with the same digest it is done, without one it is retried.
 * Errors:  ERR_CONFLICT - the tag is immutable, or has another digest set by another
 * client. Returns: 0; -1; 1 with *err set - the registry lacks something it refers to.
 */
MUST_USE int push_manifest(struct session *s, const struct repository *repo,
                           const char *reference, const struct digest *digest,
                           const char *media_type, const void *bytes, size_t len,
                           bool *is_listed, struct err *err);

/*
 * Put an OCI index under a tag, if that still has this ETag; "": unconditionally.
 * Returns: 0; 1: the tag has changed; -1.
 */
MUST_USE int push_index_if(struct session *s, const struct repository *repo,
                           const char *tag, const char *etag, const void *bytes,
                           size_t len, struct err *err);

#endif
