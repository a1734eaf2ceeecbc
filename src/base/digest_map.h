/* SPDX-License-Identifier: Apache-2.0 */
/* digest_map.h - a hash table from digests to values.
 *
 * Digests may be chosen by an attacker, so each map hashes with a random key of its own:
 * colliding digests cannot be prepared.  For the same reason it has no order. Not
 * thread-safe, except for concurrent lookups while nothing is added.
 *
 * Layer: base.
 */
#ifndef BASE_DIGEST_MAP_H
#define BASE_DIGEST_MAP_H

#include "base/digest.h"

#include <stdint.h>

struct digest_slot;

struct digest_map {
    struct digest_slot *slots;
    size_t count, slot_count; /* slot_count: 0 or a power of two */
    uint64_t key[1 + DIGEST_RAW_MAX / 4];
};

#define DIGEST_MAP_INIT                                                                  \
    {                                                                                    \
        .slots = NULL                                                                    \
    }
void digest_map_release(struct digest_map *m);

/* As digest_map_release(), after calling fn with each value. */
void digest_map_release_with(struct digest_map *m, void (*fn)(void *value));

/*
 * Add a value, which is not NULL, unless the digest has one.  The digest is borrowed and
 * must stay in place as long as the map lives: it is usually a member of *value.
 * Returns: the value that the digest has now.
 */
void *digest_map_add(struct digest_map *m, const struct digest *digest, void *value);

/* The value, or NULL. */
void *digest_map_find(const struct digest_map *m, const struct digest *digest);

#endif
