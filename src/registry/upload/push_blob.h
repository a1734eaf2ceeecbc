/* SPDX-License-Identifier: Apache-2.0 */
/* push_blob.h - bring one blob to a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_PUSH_BLOB_H
#define REGISTRY_UPLOAD_PUSH_BLOB_H

#include "registry/push.h"
#include "registry/upload/upload.h"

/*
 * Bring it there: mounted from the repository path mount_from on the same registry when
 * that is given and the registry agrees, else uploaded while being hashed; an upload
 * whose bytes turn out wrong is never committed (ERR_INTEGRITY "changed").
 *
 * mount_from may be the repository itself: then the one request that begins an upload
 * also asks whether the blob is there already (PUSH_MOUNTED).  A yes is checked, as
 * presence.h says.
 *
 * is_broken: what the registry has under this digest was found damaged.  Then, and when
 * its yes was wrong, it is checked afterwards that this is over.
 * Errors: ERR_PROTOCOL "broken-blob" - it is not.
 *
 * An upload is POST, one PATCH with everything, and an empty PUT; blobs up to 1 MiB go
 * with the PUT.  A registry, or a proxy before it, that refuses one way is asked another
 * way from then on, down to small pieces.  An upload that is given up is ended at the
 * registry too.
 */
MUST_USE int push_blob(struct session *s, const struct repository *repo,
                       const struct digest *digest, const struct byte_source *source,
                       const char *mount_from, bool is_broken, enum push_outcome *outcome,
                       struct err *err);

/* Bring bytes in memory there as a blob, unless they are; *digest is their SHA-256. */
MUST_USE int push_bytes(struct session *s, const struct repository *repo,
                        const void *bytes, size_t len, struct digest *digest,
                        struct err *err);

/* Does the registry have it now?  1, 0, -1. */
int upload_is_there(struct upload *up, struct err *err);

#endif
