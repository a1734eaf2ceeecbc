/* SPDX-License-Identifier: Apache-2.0 */
/* document_cache.h - documents and other small objects in memory during planning, by
 * digest.
 *
 * Thread-safe: nothing is ever removed.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_DOCUMENT_CACHE_H
#define OPS_PLAN_DOCUMENT_CACHE_H

#include "base/digest.h"
#include "base/events.h"

#define DOCUMENT_CACHE_BYTES_MAX (96U << 20) /* total of all objects */

struct document_cache;

/* "{}" is in it from the start: many artifacts have that config. */
struct document_cache *document_cache_new(void);
void document_cache_free(struct document_cache *s); /* NULL is allowed */

/*
 * Add bytes that match the digest (checked by the caller).  Takes ownership, also on
 * failure; bytes of a known digest are freed.
 * Errors: ERR_LIMIT - more than DOCUMENT_CACHE_BYTES_MAX.
 */
MUST_USE int document_cache_put(struct document_cache *s, const struct digest *digest,
                                char *bytes, size_t len, struct err *err);

/* The bytes, as long as the cache lives, or NULL. */
const char *document_cache_find(struct document_cache *s, const struct digest *digest,
                                size_t *len);

/* Warn of a document of that size, which some registries may reject. */
void document_warn_large(const struct events *events, size_t len);

#endif
