/* SPDX-License-Identifier: Apache-2.0 */
/* document_cache.h - what planning has in memory, by digest: documents and other small
 * objects.
 *
 * Thread-safe: nothing is ever taken off it.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_DOCUMENT_CACHE_H
#define OPS_PLAN_DOCUMENT_CACHE_H

#include "base/digest.h"

#define DOCUMENT_CACHE_BYTES_MAX (96U << 20) /* of all objects together */

struct document_cache;

/* "{}" is on it from the start: every other artifact has that config. */
struct document_cache *document_cache_new(void);
void document_cache_free(struct document_cache *s); /* NULL is fine */

/*
 * Put bytes on it that match the digest (the caller checked).  They are taken over, also
 * on failure; those of a digest that is there already are freed.
 * Errors: ERR_LIMIT - more than DOCUMENT_CACHE_BYTES_MAX.
 */
MUST_USE int document_cache_put(struct document_cache *s, const struct digest *digest,
                                char *bytes, size_t len, struct err *err);

/* The bytes, as long as the shelf lives, or NULL. */
const char *document_cache_find(struct document_cache *s, const struct digest *digest,
                                size_t *len);

#endif
