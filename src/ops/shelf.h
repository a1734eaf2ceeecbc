/* shelf.h - what planning has in memory, by digest: documents and other small objects.
 *
 * Thread-safe: nothing is ever taken off it.
 *
 * Layer: ops.
 */
#ifndef OPS_SHELF_H
#define OPS_SHELF_H

#include "base/digest.h"

#define SHELF_BYTES_MAX (96U << 20) /* of all objects together */

struct shelf;

/* "{}" is on it from the start: every other artifact has that config. */
struct shelf *shelf_new(void);
void shelf_free(struct shelf *s); /* NULL is fine */

/*
 * Put bytes on it that match the digest (the caller checked).  They are taken over, also
 * on failure; those of a digest that is there already are freed.
 * Errors: ERR_LIMIT - more than SHELF_BYTES_MAX.
 */
MUST_USE int shelf_put(struct shelf *s, const struct digest *digest, char *bytes,
                       size_t len, struct err *err);

/* The bytes, as long as the shelf lives, or NULL. */
const char *shelf_find(struct shelf *s, const struct digest *digest, size_t *len);

#endif
