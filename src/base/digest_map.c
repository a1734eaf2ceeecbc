/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/digest_map.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SLOTS_MIN = 16 };

struct digest_slot {
    const struct digest *digest;
    void *value; /* NULL: the slot is free */
};

void
digest_map_release(struct digest_map *m)
{
    free(m->slots);
    *m = (struct digest_map)DIGEST_MAP_INIT;
}

void
digest_map_release_with(struct digest_map *m, void (*fn)(void *value))
{
    for (size_t i = 0; i < m->slot_count; i++) {
        if (m->slots[i].value)
            fn(m->slots[i].value);
    }
    digest_map_release(m);
}

/*
 * Multilinear hashing, which is strongly universal in its upper 32 bits (Lemire and
 * Kaser, "Strongly universal string hashing is fast", 2014): any two digests collide no
 * more often than by chance.
 */
static uint32_t
hash_digest(const struct digest_map *m, const struct digest *digest)
{
    size_t words = digest_size(digest) / sizeof(uint32_t);
    uint64_t sum = m->key[0];

    for (size_t i = 0; i < words; i++) {
        uint32_t word;

        memcpy(&word, digest->raw + i * sizeof(word), sizeof(word));
        sum += m->key[1 + i] * word;
    }
    return (uint32_t)(sum >> 32);
}

/* The slot of the digest, or the free slot to insert it at. */
static struct digest_slot *
find_slot(const struct digest_map *m, const struct digest *digest)
{
    size_t mask = m->slot_count - 1;
    size_t at = hash_digest(m, digest) & mask;

    while (m->slots[at].value && !digest_equal(m->slots[at].digest, digest))
        at = (at + 1) & mask;
    return &m->slots[at];
}

/* Keep at least half of the slots free, so that a search soon reaches a free one. */
static void
make_room(struct digest_map *m)
{
    struct digest_map larger = *m;

    if (m->count < m->slot_count / 2)
        return;
    /* Without random bytes from the kernel the hash still works, but is predictable. */
    if (m->slot_count == 0)
        (void)!getrandom(larger.key, sizeof(larger.key), 0);
    larger.slot_count = m->slot_count == 0 ? SLOTS_MIN : 2 * m->slot_count;
    larger.slots = xcalloc(larger.slot_count, sizeof(*larger.slots));
    for (size_t i = 0; i < m->slot_count; i++) {
        if (m->slots[i].value)
            *find_slot(&larger, m->slots[i].digest) = m->slots[i];
    }
    free(m->slots);
    *m = larger;
}

void *
digest_map_add(struct digest_map *m, const struct digest *digest, void *value)
{
    struct digest_slot *slot;

    make_room(m);
    slot = find_slot(m, digest);
    if (!slot->value) {
        *slot = (struct digest_slot){.digest = digest, .value = value};
        m->count++;
    }
    return slot->value;
}

void *
digest_map_find(const struct digest_map *m, const struct digest *digest)
{
    return m->slot_count > 0 ? find_slot(m, digest)->value : NULL;
}
