/* SPDX-License-Identifier: Apache-2.0 */
/* pull.h - fetch one document or one blob.  Redirects, tokens and retries are handled
 * inside.
 *
 * Errors of all functions: ERR_AUTH - no access; ERR_NOT_FOUND; ERR_NETWORK - gave up;
 * ERR_PROTOCOL; ERR_INTEGRITY - bytes do not match their digest or size; ERR_LIMIT.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Pull".
 */
#ifndef REGISTRY_PULL_H
#define REGISTRY_PULL_H

#include "base/buf.h"
#include "base/digest.h"
#include "oci/document.h"
#include "registry/connection/client.h"

#define PULLED_ETAG_MAX 200

struct pulled {
    struct buf bytes;
    struct digest digest; /* of the bytes, computed here */
    char media_type[MEDIA_TYPE_MAX +
                    1];         /* from Content-Type; "" when it has no information */
    char etag[PULLED_ETAG_MAX]; /* as received, for If-Match; "" for none */
};

#define PULLED_INIT                                                                      \
    {                                                                                    \
        .bytes = BUF_INIT(DOCUMENT_BYTES_MAX)                                            \
    }
void pulled_release(struct pulled *p);

/*
 * The top-level document of an image by tag; its digest is computed here.  For a pinned
 * image use pull_by_digest().
 */
MUST_USE int pull_by_tag(struct session *s, const struct repository *repo,
                         const char *tag, struct pulled *out, struct err *err);

/*
 * A document by digest; size: that of the descriptor, or UINT64_MAX when unknown.  Where
 * it is at most DOCUMENT_SMALL_MAX, no more bytes than that are read: ERR_LIMIT.  Bytes
 * that do not match are fetched once more.  Digests in headers are ignored.
 */
MUST_USE int pull_by_digest(struct session *s, const struct repository *repo,
                            const struct digest *digest, uint64_t size,
                            struct pulled *out, struct err *err);

/* As pull_by_digest(), and accepts this media type too. */
MUST_USE int pull_by_type(struct session *s, const struct repository *repo,
                          const struct digest *digest, const char *media_type,
                          uint64_t size, struct pulled *out, struct err *err);

/*
 * The digest a tag has.  1 and *digest, 0 there is no such tag, -1.  Uses GET: some
 * registries answer HEAD with 404, or without the digest.
 */
int pull_look_at_tag(struct session *s, const struct repository *repo, const char *tag,
                     struct digest *digest, struct err *err);

/* Whether a tag exists.  1, 0, -1.  Uses HEAD where that is known to work, else GET. */
int pull_look_for_tag(struct session *s, const struct repository *repo, const char *tag,
                      struct err *err);

/* Whether a manifest exists.  1, 0, -1.  Uses HEAD, or GET where that is inconclusive.
 * media_type: as in pull_by_type(), or NULL. */
int pull_look_for(struct session *s, const struct repository *repo,
                  const struct digest *digest, const char *media_type, struct err *err);

#endif
