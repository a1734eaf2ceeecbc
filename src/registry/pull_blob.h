/* SPDX-License-Identifier: Apache-2.0 */
/* pull_blob.h - fetch a blob, resuming interrupted transfers.
 *
 * Layer: registry.
 */
#ifndef REGISTRY_PULL_BLOB_H
#define REGISTRY_PULL_BLOB_H

#include "images/image_source.h"
#include "registry/pull.h"

/*
 * Fetch a blob, streamed into the sink while it is hashed; the sink gets the bytes after
 * the prefix, which may be NULL.  An interrupted transfer is resumed; on success prefix
 * and sink have exactly size bytes with that digest.  When it has to start over - a
 * digest mismatch, once, or a registry that cannot resume - the sink sees `at` go back to
 * 0.  An empty blob needs no request and no call of the sink.
 */
MUST_USE int pull_blob(struct session *s, const struct repository *repo,
                       const struct digest *digest, uint64_t size,
                       struct blob_prefix *prefix, const struct byte_sink *sink,
                       struct err *err);

/*
 * The bytes of a blob from an offset below its size on, not hashed: the caller compares
 * the digest.  When a registry cannot continue, the sink sees its offset go back to 0.
 */
MUST_USE int pull_blob_from(struct session *s, const struct repository *repo,
                            const struct digest *digest, uint64_t size, uint64_t from,
                            const struct byte_sink *sink, struct err *err);

/*
 * The same as pull_blob() from somewhere else, a URL that a descriptor names:
 * anonymously, by https, or by http where that and the registry are on loopback; from
 * private addresses only when the registry is on one itself.
 */
MUST_USE int pull_linked_blob(struct session *s, const struct repository *repo,
                              const char *url, const struct digest *digest, uint64_t size,
                              const struct byte_sink *sink, struct err *err);

#endif
