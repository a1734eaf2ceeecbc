/* SPDX-License-Identifier: Apache-2.0 */
/* presence.h - whether a registry really has a blob.
 *
 * A registry may answer HEAD from stale data: from a cache of descriptors that its
 * garbage collection does not clear, or for a file that was truncated.  So the last byte
 * of the blob is fetched.
 *
 * Layer: registry.
 * Source: OCI distribution-spec v1.1, "Pulling blobs"; RFC 9110 section 14.
 */
#ifndef REGISTRY_PRESENCE_H
#define REGISTRY_PRESENCE_H

#include "base/byte_stream.h"
#include "registry/push.h"

/* The largest answer without a range that is read completely, and hashed. */
#define PRESENCE_WHOLE_MAX (64U << 10) /* bytes */

enum presence {
    PRESENCE_ABSENT,
    PRESENCE_THERE,
    PRESENCE_BROKEN, /* the registry has something else or less under that digest */
};

/* The blob to check; everything is borrowed. */
struct presence_query {
    const struct repository *repo;
    const struct digest *digest;
    uint64_t size;
    const struct byte_source *source; /* our bytes, for comparison; or NULL */
};

/*
 * Fetch the last byte, through redirects.  Present: 206 with that byte, of a blob of our
 * size.  A small answer without a range is read completely and hashed.  A host that does
 * not support this (401, 403, 405, 5xx, a large answer without a range, unreachable
 * storage) is asked with HEAD from then on, with one warning.  4xx at storage that the
 * registry redirects to means that the blob is absent.  An empty blob is checked with
 * HEAD.
 * Returns: 0 and *out; -1: the registry is unreachable, our bytes cannot be read, or
 *          work should stop.
 */
MUST_USE int presence_check(struct session *s, const struct presence_query *query,
                            enum presence *out, struct err *err);

/* Whether presence was checked with HEAD only at some registry of this run. */
bool presence_is_by_head(struct client *c);

/*
 * Set the error when a registry accepted an object, a "blob" or a "manifest", but does
 * not have it afterwards.  Always -1.
 */
int presence_error(const char *what, const struct digest *digest, struct err *err);

#endif
