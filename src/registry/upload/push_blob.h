/* SPDX-License-Identifier: Apache-2.0 */
/* push_blob.h - push one blob to a repository.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_UPLOAD_PUSH_BLOB_H
#define REGISTRY_UPLOAD_PUSH_BLOB_H

#include "registry/push.h"
#include "registry/upload/upload.h"

/*
 * Push a blob: mounted from the repository path mount_from on the same registry when that
 * is given and the registry agrees, else uploaded while being hashed; an upload whose
 * bytes turn out wrong is never committed (ERR_INTEGRITY "changed").
 *
 * mount_from may be the repository itself: then the request that opens an upload also
 * checks whether the blob exists (PUSH_MOUNTED).  A positive answer is verified, see
 * presence.h.
 *
 * is_broken: the registry's copy was found to be damaged.  Then, and after a wrong
 * positive answer, the result is verified after the upload.
 * Errors: ERR_PROTOCOL "broken-blob" - still damaged.
 *
 * An upload is POST, one PATCH with everything, and an empty PUT; blobs up to 1 MiB are
 * sent with the PUT.  When a registry, or a proxy in front of it, refuses one method, the
 * others are used from then on, down to small pieces.  An abandoned upload is also
 * cancelled at the registry.
 */
MUST_USE int push_blob(struct session *s, const struct repository *repo,
                       const struct digest *digest, const struct byte_source *source,
                       const char *mount_from, bool is_broken, enum push_outcome *outcome,
                       struct err *err);

/* Push bytes in memory as a blob, unless it is present; *digest is their SHA-256. */
MUST_USE int push_bytes(struct session *s, const struct repository *repo,
                        const void *bytes, size_t len, struct digest *digest,
                        struct err *err);

#endif
